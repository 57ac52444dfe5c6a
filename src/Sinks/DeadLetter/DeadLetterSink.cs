using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Sinks.Files;

namespace Streaming.Sinks.DeadLetter;

/// <summary>
/// Writes one JSON object a line for each record that was not taken, so that it can be mended and sent again:
/// <c>{"partition":0,"offset":12,"line":13,"reason":"not-finite","field":"value","length":9,"bytes":"1,2,NaN,7"}</c>.
/// </summary>
/// <remarks>
/// <para>Bytes that are not UTF-8 are under <c>base64</c>; <c>"truncated":true</c> says that the source kept only the beginning of the <c>length</c>
/// bytes there were. Where <c>Privacy:HashIds</c> lets nobody see a record, a keyed hash of what the source kept is under <c>withheld</c> instead. <c>line</c> is left out where the source has no lines, <c>field</c> where the whole record is meant; <c>topic</c>, its name, comes first where
/// the source has topics.</para>
/// <para>The lines of a batch are in the file once it has been written, so that a run that ends with too many of them has said which.</para>
/// <para>State: the file's length and the count.</para>
/// </remarks>
public sealed class DeadLetterSink : FileSink
{
    private readonly Utf8JsonWriter _json;
    private readonly IReadOnlyList<string> _topics;

    /// <summary>A sink that writes to <paramref name="file"/>, which is made with the first bad record.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="topics">Names of the source's topics, in their order; null or empty for a source without topics.</param>
    public DeadLetterSink(string file, IReadOnlyList<string>? topics = null)
        : base(new ResumableFile(file, onDemand: true))
    {
        _topics = topics ?? [];
        _json = new Utf8JsonWriter(File, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>Records written in the whole stream, those before a resume included.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override string StateTag => "dead-letters-file";

    /// <inheritdoc/>
    public override void Save(ref StateWriter writer)
    {
        base.Save(ref writer);
        writer.Write(Count);
    }

    /// <inheritdoc/>
    public override void Restore(ref StateReader reader, int version)
    {
        base.Restore(ref reader, version);
        Count = reader.Read<long>();
    }

    /// <inheritdoc/>
    protected override void Write(EventBatch batch)
    {
        for (int i = 0; i < batch.Rejections.Count; i++)
        {
            Rejection rejection = batch.Rejections[i];
            WriteLine(rejection, batch.Rejections.BytesOf(rejection));
            File.EndLine();
            Count++;
        }

        if (batch.Rejections.Count > 0) File.HandOver();
    }

    private void WriteLine(in Rejection rejection, ReadOnlySpan<byte> bytes)
    {
        _json.Reset(File);
        _json.WriteStartObject();
        if (_topics.Count > 0) _json.WriteString("topic"u8, _topics[rejection.Topic]);
        _json.WriteNumber("partition"u8, rejection.Partition);
        _json.WriteNumber("offset"u8, rejection.Offset);
        if (rejection.Line > 0) _json.WriteNumber("line"u8, rejection.Line);
        _json.WriteString("reason"u8, rejection.Error.Reason.Label());
        if (!string.IsNullOrEmpty(rejection.Error.Field)) _json.WriteString("field"u8, rejection.Error.Field);
        _json.WriteNumber("length"u8, rejection.Length);
        if (rejection.Withheld) _json.WriteString("withheld"u8, bytes);
        else WriteBytes(bytes, truncated: bytes.Length < rejection.Length);
        _json.WriteEndObject();
        _json.Flush();
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes, bool truncated)
    {
        ReadOnlySpan<byte> text = truncated ? WithoutCutCharacter(bytes) : bytes;
        if (Utf8.IsValid(text)) _json.WriteString("bytes"u8, text);
        else _json.WriteBase64String("base64"u8, bytes);
        if (truncated) _json.WriteBoolean("truncated"u8, true);
    }

    /// <summary>The bytes up to a character of UTF-8 that the cut went through.</summary>
    private static ReadOnlySpan<byte> WithoutCutCharacter(ReadOnlySpan<byte> bytes) =>
        Rune.DecodeLastFromUtf8(bytes, out _, out int last) == OperationStatus.NeedMoreData ? bytes[..^last] : bytes;
}
