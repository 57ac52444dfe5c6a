using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;

namespace Streaming.Sinks.Tests.Support;

/// <summary>Batches for sinks, made by hand.</summary>
internal static class TestBatch
{
    /// <summary>2013-05-31T11:33:20Z.</summary>
    public const long Time = 1_370_000_000_000_000;

    public static EventBatch Empty(int capacity = 16, int doubles = 0, int ints = 0) => new BatchPool(1, capacity, doubles, ints).Rent().Batch;

    /// <summary>A batch of plain events from <paramref name="first"/> on, for sinks that only count them.</summary>
    public static EventBatch Of(long first, int count, PipelineReport? report = null)
    {
        EventBatch batch = Empty(Math.Max(1, count));
        for (int i = 0; i < count; i++)
        {
            ref Event e = ref batch.Add();
            (e.Offset, e.Time) = (first + i, Time + first + i);
        }

        batch.FirstOrdinal = first;
        batch.Report = report;
        return batch;
    }
}
