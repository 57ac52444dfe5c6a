using Confluent.Kafka;

namespace Streaming.Sinks.Kafka;

/// <summary>A header whose value is one of few texts, another one with each message.</summary>
internal sealed class TextHeader(string key) : IHeader
{
    private byte[] _value = [];

    /// <inheritdoc/>
    public string Key => key;

    /// <inheritdoc/>
    public byte[] GetValueBytes() => _value;

    /// <summary>Sets the value.</summary>
    /// <param name="utf8">The text in UTF-8; read when the message is sent.</param>
    public void Set(byte[] utf8) => _value = utf8;
}
