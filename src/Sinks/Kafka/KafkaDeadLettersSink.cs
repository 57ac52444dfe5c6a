using System.Buffers;
using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Sources;

namespace Streaming.Sinks.Kafka;

/// <summary>
/// Sends a message for each record that was not taken: its value is the record's bytes as they came, so that it can be mended and sent again.
/// </summary>
/// <remarks>
/// <para>Headers: <c>source</c>, <c>topic</c> (where the source has topics), <c>partition</c>, <c>offset</c>, <c>reason</c>, <c>field</c> (empty where the whole record is
/// meant), <c>length</c> in bytes: a value with fewer is the record's beginning, cut by the source or to what a message may have (<c>message.max.bytes</c>); and <c>withheld</c>,
/// <c>true</c> or <c>false</c>: whether the value is a keyed hash instead, because <c>Privacy:HashIds</c> lets nobody see the record. No key.</para>
/// <para>Delivery is at least once: after a crash those since the last snapshot come again, equal in every byte. One caller at a time. Keeps no state.</para>
/// </remarks>
public sealed class KafkaDeadLettersSink : ISink, IDeliverySink
{
    // What a message has beside its value: its headers, and what the protocol adds.
    private const int Envelope = 4096;

    private static readonly byte[][] Reasons = [.. Enum.GetValues<RejectionReason>().Select(reason => Encoding.UTF8.GetBytes(reason.Label()))];

    private static readonly byte[] True = "true"u8.ToArray(), False = "false"u8.ToArray();

    private readonly TextHeader _reason = new("reason");
    private readonly TextHeader _field = new("field");
    private readonly NumberHeader _length = new("length");
    private readonly TextHeader _withheld = new("withheld");
    private readonly PlaceHeaders _headers;
    private readonly KafkaOutput _output;
    private readonly int _longest;

    /// <summary>A sink that connects with the first batch.</summary>
    public KafkaDeadLettersSink(KafkaSinkOptions options, SinkBinding binding, TimeProvider time)
    {
        _headers = new PlaceHeaders(binding, _reason, _field, _length, _withheld);
        _output = new KafkaOutput(options, binding, _headers, time);
        _longest = Math.Max(0, KafkaProducerSettings.LargestMessage(binding.Kafka) - Envelope);
    }

    /// <inheritdoc/>
    public DeliveryCounts Deliveries => _output.Deliveries;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        await _output.BeginAsync(batch, ct);
        for (int i = 0; i < batch.Rejections.Count; i++)
        {
            Compose(batch.Rejections, batch.Rejections[i]);
            await _output.SendAsync(ct);
        }
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(long epoch, CancellationToken ct) => new(_output.FlushAsync(ct));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _output.DisposeAsync();

    private void Compose(RejectionArena rejections, in Rejection rejection)
    {
        _headers.Set(rejection.Topic, rejection.Partition, rejection.Offset);
        _reason.Set(Reasons[(int)rejection.Error.Reason]);
        _field.Set(Encoding.UTF8.GetBytes(rejection.Error.Field ?? ""));
        _length.Set(rejection.Length);
        _withheld.Set(rejection.Withheld ? True : False);
        ReadOnlySpan<byte> bytes = rejections.BytesOf(rejection);
        _output.Value.Write(bytes[..Math.Min(bytes.Length, _longest)]);
    }
}
