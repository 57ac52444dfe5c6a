using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Xunit;

namespace Streaming.Abstractions.Tests.Events;

public sealed class BatchPoolTests
{
    [Fact]
    public void A_released_lease_is_stale()
    {
        using BatchPool pool = new(1, 4, 1, 1);
        BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
        lease.Release();
        Assert.Throws<StaleLeaseException>(() => lease.Batch);
        Assert.Throws<StaleLeaseException>(lease.Release);
        Assert.Throws<StaleLeaseException>(() => lease.Retain(1));
    }

    [Fact]
    public void A_stale_lease_stays_stale_when_the_batch_is_out_again()
    {
        using BatchPool pool = new(1, 4, 0, 0);
        BatchLease first = pool.Rent(TestContext.Current.CancellationToken);
        first.Release();
        BatchLease second = pool.Rent(TestContext.Current.CancellationToken);
        Assert.NotEqual(first, second);
        StaleLeaseException e = Assert.Throws<StaleLeaseException>(first.Release);
        Assert.Contains("generation 0", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, pool.Rented);
        second.Release();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void The_last_of_several_holders_returns_the_batch()
    {
        using BatchPool pool = new(2, 4, 0, 0);
        BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
        lease.Retain(2);
        lease.Release();
        lease.Release();
        lease.Batch.Add();
        Assert.Equal(1, pool.Rented);
        lease.Release();
        Assert.Equal(0, pool.Rented);
        Assert.Throws<StaleLeaseException>(() => lease.Batch);
    }

    [Fact]
    public void Retaining_fewer_than_no_holders_is_refused()
    {
        using BatchPool pool = new(1, 4, 0, 0);
        BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
        Assert.Throws<ArgumentOutOfRangeException>(() => lease.Retain(-1));
        lease.Release();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public async Task Renting_waits_until_a_batch_comes_back()
    {
        using BatchPool pool = new(2, 4, 0, 0);
        BatchLease a = await pool.RentAsync(CancellationToken.None);
        BatchLease b = await pool.RentAsync(CancellationToken.None);
        ValueTask<BatchLease> waiting = pool.RentAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        a.Release();
        BatchLease c = await waiting;
        Assert.Equal(2, pool.Rented);
        b.Release();
        c.Release();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public async Task A_cancelled_wait_takes_no_batch()
    {
        using BatchPool pool = new(1, 4, 0, 0);
        BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
        using CancellationTokenSource source = new();
        ValueTask<BatchLease> waiting = pool.RentAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        lease.Release();
        Assert.Equal(0, pool.Rented);
        (await pool.RentAsync(CancellationToken.None)).Release();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await pool.RentAsync(source.Token));
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void A_batch_comes_back_empty()
    {
        using BatchPool pool = new(1, 4, 1, 1);
        BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
        EventBatch batch = lease.Batch;
        batch.Add().User = 7;
        batch.FirstOrdinal = 9;
        (batch.Barrier, batch.PublishAt) = (2, 3);
        batch.Report = new();
        batch.Features.Add(new Feature(1, 2));
        batch.Rejections.Add(0, 1, 2, new DecodeError(RejectionReason.Malformed, ""), "x"u8, 1, 16);
        lease.Release();

        lease = pool.Rent(TestContext.Current.CancellationToken);
        Assert.Same(batch, lease.Batch);
        Assert.Equal((0, 0L, 0L, 0L, 0, 0), (batch.Count, batch.FirstOrdinal, batch.Barrier, batch.PublishAt, batch.Features.Length, batch.Rejections.Count));
        Assert.Null(batch.Report);
        lease.Release();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void A_pool_without_batches_or_room_is_refused(int size, int capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchPool(size, capacity, 0, 0));

    [Fact]
    public async Task Many_threads_leave_no_lease_behind()
    {
        using BatchPool pool = new(3, 4, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 2000; i++)
            {
                BatchLease lease = await pool.RentAsync(CancellationToken.None);
                lease.Retain(1);
                lease.Batch.Add();
                Assert.Equal(1, lease.Batch.Count);
                lease.Release();
                lease.Release();
            }
        })));
        Assert.Equal(0, pool.Rented);
    }
}
