using System.Buffers;
using Confluent.Kafka;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sinks;
using Streaming.Sinks.Jsonl;

namespace Streaming.Sinks.Kafka;

/// <summary>
/// Sends a message for each event: its value is the object that <see cref="EventsSink"/> writes as a line, its key the user's id, so that what is said of one user stays
/// in order.
/// </summary>
/// <remarks>
/// <para>Headers: <c>source</c>, <c>topic</c> (where the source has topics), <c>partition</c>, <c>offset</c>, and <c>event</c>, the number in the stream of the partition.</para>
/// <para>Delivery is at least once: after a crash the events since the last snapshot come again, equal in every byte of value and headers. Within one partition of the output
/// the <c>event</c> of one source and partition grows, so a consumer that drops what is not above the highest it has seen has each once.</para>
/// <para>One caller at a time. Keeps no state.</para>
/// </remarks>
public sealed class KafkaPredictionsSink : ISink, IDeliverySink
{
    private readonly NumberHeader _event = new("event");
    private readonly PlaceHeaders _headers;
    private readonly KafkaOutput _output;
    private readonly EventJson _json;
    private readonly EntityKeyCodec _names;

    /// <summary>A sink that connects with the first batch.</summary>
    public KafkaPredictionsSink(KafkaSinkOptions options, SinkBinding binding, TimeProvider time)
    {
        _headers = new PlaceHeaders(binding, _event);
        _output = new KafkaOutput(options, binding, _headers, time);
        _json = new EventJson(_output.Value, binding.Columns, binding.Names);
        _names = binding.Names;
    }

    /// <inheritdoc/>
    public DeliveryCounts Deliveries => _output.Deliveries;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        await _output.BeginAsync(batch, ct);
        for (int row = 0; row < batch.Count; row++)
        {
            Compose(batch, row);
            await _output.SendAsync(ct);
        }
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(long epoch, CancellationToken ct) => new(_output.FlushAsync(ct));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _json.Dispose();
        await _output.DisposeAsync();
    }

    private void Compose(EventBatch batch, int row)
    {
        ref readonly Event e = ref batch.Events[row];
        _event.Set(batch.FirstOrdinal + row);
        _headers.Set(e.Topic, e.Partition, e.Offset);
        _ = _names.TryFormatName(e.User, _output.Key.GetSpan(EntityKeyCodec.MaxIdBytes), out int length);
        _output.Key.Advance(length);
        _json.Write(batch, row, in e);
    }
}
