using System.Buffers.Text;
using Confluent.Kafka;

namespace Streaming.Sinks.Kafka;

/// <summary>A header whose value is a number in decimal, another one with each message.</summary>
internal sealed class NumberHeader(string key) : IHeader
{
    private readonly ExactBuffers _buffers = new();
    private byte[] _value = [];

    /// <inheritdoc/>
    public string Key => key;

    /// <inheritdoc/>
    public byte[] GetValueBytes() => _value;

    /// <summary>Sets the value.</summary>
    public void Set(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(number, digits, out int length);
        _value = _buffers.Copy(digits[..length]);
    }
}
