using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;
using Streaming.Ingest.Files;

namespace Streaming.Ingest.Tests.Files;

public class TimeOrderTests
{
    [Theory]
    [InlineData(1, 1L)]
    [InlineData(5_000, 3L)]
    [InlineData(5_000, 1_000L)]
    [InlineData(5_000, 1_000_000_000_000L)]
    [InlineData(70_000, 253_402_300_799_999_999L)]
    public void Sorting_agrees_with_a_stable_sort(int n, long span)
    {
        foreach (long unit in (long[])[1, 1_000_000])
        {
            long[] times = new long[n];
            CounterRng rng = new((ulong)n, (ulong)span);
            for (int i = 0; i < n; i++) times[i] = (long)rng.NextBelow((ulong)Math.Max(1, span / unit)) * unit;
            int[] expected = [.. Enumerable.Range(0, n).OrderBy(i => times[i])];
            int[] found = TimeOrder.Of(Store(times)) ?? [.. Enumerable.Range(0, n)];
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public void What_is_sorted_stays_as_it_is()
    {
        Assert.Null(TimeOrder.Of(Store([])));
        Assert.Null(TimeOrder.Of(Store([3, 3, 4, 9])));
        Assert.Equal([1, 0, 2], TimeOrder.Of(Store([4, 3, 4]))!);
    }

    private static EventStore Store(long[] times)
    {
        EventStore store = new(times.Length, long.MaxValue);
        using BatchPool pool = new(1, 1000, 0, 0);
        foreach (long[] chunk in times.Chunk(1000))
        {
            BatchLease lease = pool.Rent();
            foreach (long time in chunk) lease.Batch.Add().Time = time;
            store.Take(lease.Batch);
            lease.Release();
        }

        return store;
    }
}
