using Confluent.Kafka;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// Copies the value of each message into one buffer, which the next message overwrites, so that none is allocated. Of a value that is too long, the beginning. One caller at a
/// time: the thread that polls.
/// </summary>
internal sealed class PayloadBuffer(int most) : IDeserializer<Payload>
{
    private byte[] _bytes = new byte[Math.Min(most, 4096)];

    /// <summary>The bytes of the message that was given last, or what was kept of them.</summary>
    public ReadOnlySpan<byte> BytesOf(Payload payload) => _bytes.AsSpan(0, Math.Clamp(payload.Length, 0, most));

    /// <inheritdoc/>
    public Payload Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        if (isNull) return new Payload(-1);
        int kept = Math.Min(data.Length, most);
        if (kept > _bytes.Length) _bytes = new byte[Math.Min(most, Math.Max(kept, 2 * _bytes.Length))];
        data[..kept].CopyTo(_bytes);
        return new Payload(data.Length);
    }
}
