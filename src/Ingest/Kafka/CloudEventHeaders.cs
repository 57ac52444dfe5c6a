using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Confluent.Kafka;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// Turns CloudEvents in Kafka's binary mode (attributes in headers <c>ce_*</c>, the data as value; CloudEvents Kafka Protocol Binding 1.0.2, section 3.2) into the structured form,
/// which is the only one that records and logs of them have. One caller at a time; nothing is allocated but what the client's headers are.
/// </summary>
internal sealed class CloudEventHeaders : IDisposable
{
    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Header, JsonEncodedText Attribute)[] Attributes =
        [.. new[] { "specversion", "id", "source", "type", "time" }.Select(a => ($"ce_{a}", JsonEncodedText.Encode(a)))];

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _writer;

    /// <summary>With buffers of its own.</summary>
    public CloudEventHeaders() => _writer = new Utf8JsonWriter(_buffer, WriterOptions);

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    /// <summary>The event in structured form, valid until the next call; false where the value is that already: its headers say nothing.</summary>
    public bool TryWrap(Headers? headers, ReadOnlySpan<byte> value, out ReadOnlySpan<byte> wrapped)
    {
        wrapped = default;
        if (headers is null || !Attributes.Any(a => headers.TryGetLastBytes(a.Header, out _))) return false;
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        _writer.WriteStartObject();
        foreach ((string header, JsonEncodedText attribute) in Attributes)
        {
            // What is not UTF-8 becomes the sign that stands for it: an attribute never decides whether the data is read.
            if (headers.TryGetLastBytes(header, out byte[] bytes)) _writer.WriteString(attribute, Encoding.UTF8.GetString(bytes));
        }

        _writer.WritePropertyName("data"u8);
        if (value.IsEmpty) _writer.WriteNullValue();
        else _writer.WriteRawValue(value, skipInputValidation: true);
        _writer.WriteEndObject();
        _writer.Flush();
        wrapped = _buffer.WrittenSpan;
        return true;
    }
}
