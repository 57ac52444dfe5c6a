using System.Globalization;
using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Shared.State;

namespace Streaming.Ingest.Tests.Support;

/// <summary>Everything that one read of a source gave, copied out of its batches and as text, so that two reads can be compared.</summary>
public sealed class Reading
{
    public List<string> Events { get; } = [];

    public List<string> Rejections { get; } = [];

    /// <summary>The position after each batch.</summary>
    public List<SourcePosition> Positions { get; } = [];

    /// <summary>What the source held after each batch.</summary>
    public List<byte[]> Held { get; } = [];

    /// <summary>Events and rejections given before and with each batch.</summary>
    public List<(int Events, int Rejections)> Sums { get; } = [];

    public List<int> Counts { get; } = [];

    public List<double> Progress { get; } = [];

    public PartitionPosition Last => Positions[^1].Single;

    public Exception? Failure { get; private set; }

    public static async Task<Reading> Of(
        SourceOptions options,
        int batchSize = 7,
        long cutEvery = 0,
        long limit = long.MaxValue,
        SourcePosition? from = null,
        byte[]? standardInput = null,
        bool expectFailure = false,
        byte[]? held = null)
    {
        Reading reading = new();
        EntityKeyCodec keys = new(42);
        using BatchPool pool = new(2, batchSize, 0, 0);
        await using IEventSource source = standardInput is null
            ? SourceFactory.Create(options, keys)
            : new Ingest.Files.FileSource(options, keys, () => new MemoryStream(standardInput));
        if (held is not null) StateBytes.Restore(source.State!, held);
        try
        {
            await foreach (BatchLease lease in source.ReadAsync(from ?? new SourcePosition(), new SourceContext(pool, batchSize, cutEvery, limit), default))
            {
                reading.Add(lease.Batch, keys);
                reading.Progress.Add(source.Progress);
                reading.Held.Add(StateBytes.Save(source.State!));
                lease.Release();
            }
        }
        catch (Exception e) when (expectFailure && e is SourceException or BadRecordsException)
        {
            reading.Failure = e;
        }

        if (expectFailure && reading.Failure is null) throw new InvalidOperationException("The source was expected to fail.");
        if (pool.Rented != 0) throw new InvalidOperationException($"{pool.Rented} batches were not given back.");
        return reading;
    }

    private void Add(EventBatch batch, EntityKeyCodec keys)
    {
        if (batch.FirstOrdinal != batch.Position.Single.Events - batch.Count) throw new InvalidOperationException("The first ordinal contradicts the position.");
        foreach (ref readonly Event e in batch.Events)
        {
            StringBuilder text = new();
            text.Append(CultureInfo.InvariantCulture, $"{e.Offset} {keys.Name(e.User)} {keys.Name(e.Item)} {e.Value:R} {e.Time}");
            foreach (Feature f in batch.Features[e.Features]) text.Append(CultureInfo.InvariantCulture, $" {f.Key:x}={f.Value:R}");
            if (e.ArrivalTime != e.Time || e.Kind != EventKind.Interaction || e.Weight != 1 || !double.IsNaN(e.Propensity)) text.Append(" odd");
            Events.Add(text.ToString());
        }

        for (int i = 0; i < batch.Rejections.Count; i++)
        {
            Rejection r = batch.Rejections[i];
            Rejections.Add($"{r.Offset} line {r.Line} {r.Error.Reason.Label()} {r.Error.Field} {r.Length} {Encoding.Latin1.GetString(batch.Rejections.BytesOf(r))}");
        }

        SourcePosition copy = new();
        copy.CopyFrom(batch.Position);
        Positions.Add(copy);
        Sums.Add((Events.Count, Rejections.Count));
        Counts.Add(batch.Count);
    }
}
