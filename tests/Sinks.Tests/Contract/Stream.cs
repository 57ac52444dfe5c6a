using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Sinks.Tests.Support;

namespace Streaming.Sinks.Tests.Contract;

/// <summary>A stream with something for every sink, a function of its numbers alone.</summary>
internal static class Stream
{
    /// <summary>Records between two reports.</summary>
    public const int Every = 20;

    /// <summary>Events <paramref name="first"/> to <paramref name="first"/> + 9, with a bad record, their records, and a report where one is due.</summary>
    public static EventBatch Batch(long first, EntityKeyCodec names)
    {
        EventBatch batch = TestBatch.Empty(10, doubles: 1, ints: 1);
        for (long n = first; n < first + 10; n++)
        {
            int row = batch.Count;
            ref Event e = ref batch.Add();
            (e.Offset, e.Time, e.User, e.Value) = (n, TestBatch.Time + n, names.Encode($"user-{n % 3}"), n % 5);
            if (n % 2 == 0) (e.Kind, e.Item, e.Propensity) = (EventKind.Decision, names.Encode($"arm-{n % 4}"), .5);
            batch.Column(new ColumnSlot<double>(0))[row] = n / 3.0;
            batch.Column(new ColumnSlot<int>(0))[row] = n % 4 == 3 ? 1 + (int)(n % 3 / 2) : 0;
            batch.Records.Add(new RecordOrigin(0, 0, n, e.Time), Encoding.UTF8.GetBytes($$"""{"user":"user-{{n % 3}}"}"""));
        }

        batch.Rejections.Add(0, first + 1000, first + 1001, new DecodeError(RejectionReason.Malformed, "value"), "no record"u8, 9, 100);
        batch.FirstOrdinal = first;
        batch.Position.Single.Records = first + 10;
        batch.Position.Single.Time = TestBatch.Time + first + 9;
        if (batch.Position.Single.Records % Every == 0) batch.Report = Runs.Report();
        return batch;
    }

    /// <summary>A batch without events after <paramref name="records"/> records.</summary>
    public static EventBatch Empty(long records)
    {
        EventBatch batch = TestBatch.Empty(1, doubles: 1, ints: 1);
        batch.FirstOrdinal = batch.Position.Single.Records = records;
        return batch;
    }
}
