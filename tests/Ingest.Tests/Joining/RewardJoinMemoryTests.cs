using Streaming.Abstractions.Events;
using Streaming.Ingest.Joining;

namespace Streaming.Ingest.Tests.Joining;

/// <summary>Alone, because it measures the memory of the process.</summary>
[Collection(nameof(RewardJoinMemoryTests))]
[CollectionDefinition(nameof(RewardJoinMemoryTests), DisableParallelization = true)]
public sealed class RewardJoinMemoryTests
{
    [Fact]
    public void The_memory_of_what_waits_is_that_of_its_bytes_whatever_waited_before()
    {
        JoinOptions options = new() { WindowSeconds = 1, MaxBytes = 4 << 20 };
        RewardJoin join = new(options);
        using BatchPool pool = new(1, 1024, 0, 0);
        CandidateAction[] actions = new CandidateAction[10_000];
        BatchLease lease = pool.Rent();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 20_000; i++)
        {
            // Large decisions, each among many small ones that take its place.
            while (join.Lags && !join.Drain(lease.Batch, 1024))
            {
                lease.Release();
                lease = pool.Rent();
            }

            BatchMark mark = lease.Batch.Mark();
            ref Event e = ref lease.Batch.Add();
            (e.Kind, e.Decision, e.Time) = (EventKind.Decision, (ulong)i + 1, i * 1000L);
            e.Actions = lease.Batch.Actions.Add(actions.AsSpan(0, i % 37 == 0 ? actions.Length : 2));
            join.Pass(lease.Batch, mark, 1024);
        }

        lease.Release();
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(join.Open, 100, 1100);
        Assert.InRange(held, 0, 6 * options.MaxBytes); // twice the bytes, and the batch
    }
}
