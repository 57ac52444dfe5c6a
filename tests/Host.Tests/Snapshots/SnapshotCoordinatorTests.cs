using System.Buffers;
using Streaming.Host.Snapshots;
using Xunit;

namespace Streaming.Host.Tests.Snapshots;

public sealed class SnapshotCoordinatorTests
{
    private const int Large = 3 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_large_part_goes_on_while_it_is_written_and_the_next_snapshot_waits()
    {
        TornDisk disk = new();
        using ManualResetEventSlim go = new();
        FrozenBlob part = new(Bytes(1)) { Writing = () => go.Wait(Patience) };
        List<long> written = [];
        using SnapshotCoordinator snapshots = new(new SnapshotStore("/s", 3, disk), parts: 1, TimeProvider.System) { OnWritten = written.Add };
        Task writer = snapshots.WriteAsync(CancellationToken.None);
        await snapshots.BeginAsync(1, 10, CancellationToken.None);
        snapshots.Contribute(1, "part", part);
        part.Content = Bytes(2);
        Task next = snapshots.BeginAsync(2, 20, CancellationToken.None).AsTask();
        Assert.False(next.IsCompleted);
        go.Set();
        await next.WaitAsync(Patience);
        snapshots.Contribute(2, "part", part);
        snapshots.Complete();
        await writer.WaitAsync(Patience);
        Assert.Equal((2, 2), (snapshots.Written, part.Releases));
        Assert.Equal([1L, 2L], written);
        Assert.Equal(Framed(2), new SnapshotStore("/s", 3, disk).LoadNewest(Assert.Fail)!.Sections["part"].Payload.ToArray());
        foreach (string file in disk.Files("/s").Where(f => f.Contains("00000002", StringComparison.Ordinal)).ToArray()) disk.Delete(file);
        Assert.Equal(Framed(1), new SnapshotStore("/s", 3, disk).LoadNewest(Assert.Fail)!.Sections["part"].Payload.ToArray());
    }

    [Fact]
    public async Task A_part_that_is_still_frozen_is_copied_for_the_snapshot_that_had_begun_already()
    {
        TornDisk disk = new();
        using ManualResetEventSlim go = new();
        FrozenBlob part = new(Bytes(1)) { Writing = () => go.Wait(Patience) };
        using SnapshotCoordinator snapshots = new(new SnapshotStore("/s", 3, disk), parts: 1, TimeProvider.System);
        Task writer = snapshots.WriteAsync(CancellationToken.None);
        await snapshots.BeginAsync(1, 10, CancellationToken.None);
        await snapshots.BeginAsync(2, 20, CancellationToken.None); // before anybody knows that a part is large
        snapshots.Contribute(1, "part", part);
        part.Content = Bytes(2);
        snapshots.Contribute(2, "part", part);
        part.Content = Bytes(3);
        go.Set();
        snapshots.Complete();
        await writer.WaitAsync(Patience);
        Assert.Equal(1, part.Releases);
        Assert.Equal(Framed(2), new SnapshotStore("/s", 3, disk).LoadNewest(Assert.Fail)!.Sections["part"].Payload.ToArray());
    }

    [Fact]
    public async Task Small_parts_are_copied_and_two_snapshots_are_under_way_at_most()
    {
        FrozenBlob part = new([1, 2, 3]);
        using SnapshotCoordinator snapshots = new(new SnapshotStore("/s", 3, new TornDisk()), parts: 2, TimeProvider.System);
        await snapshots.BeginAsync(1, 10, CancellationToken.None);
        snapshots.Contribute(1, "part", part);
        Assert.Null(part.Frozen);
        await snapshots.BeginAsync(2, 20, CancellationToken.None);
        Assert.False(snapshots.BeginAsync(3, 30, CancellationToken.None).AsTask().IsCompleted);
    }

    [Fact]
    public async Task What_was_gathered_and_not_written_is_let_go()
    {
        FrozenBlob part = new(Bytes(1)), complete = new(Bytes(2));
        SnapshotCoordinator snapshots = new(new SnapshotStore("/s", 3, new TornDisk()), parts: 2, TimeProvider.System);
        await snapshots.BeginAsync(1, 10, CancellationToken.None);
        await snapshots.BeginAsync(2, 20, CancellationToken.None);
        snapshots.Contribute(1, "a", part);
        snapshots.Contribute(2, "a", complete);
        snapshots.Contribute(2, "b", new FrozenBlob([1]));
        Assert.NotNull(part.Frozen);
        snapshots.Dispose();
        Assert.Equal((1, 1), (part.Releases, complete.Releases));
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_written_ends_the_writing_and_lets_go()
    {
        FrozenBlob part = new(Bytes(1));
        using SnapshotCoordinator snapshots = new(new SnapshotStore("/s", 3, new TornDisk { StopAt = 4, Fails = true }), parts: 1, TimeProvider.System);
        await snapshots.BeginAsync(1, 10, CancellationToken.None);
        snapshots.Contribute(1, "part", part);
        await Assert.ThrowsAsync<IOException>(() => snapshots.WriteAsync(CancellationToken.None).WaitAsync(Patience));
        Assert.Equal((0, 1), (snapshots.Written, part.Releases));
    }

    [Fact]
    public void Two_checksums_make_that_of_both_pieces()
    {
        byte[] data = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))];
        foreach (int cut in (int[])[0, 1, 7, 8, 500, 999, 1000])
            Assert.Equal(Checksum.Of(data), Checksum.Combine(Checksum.Of(data.AsSpan(0, cut)), Checksum.Of(data.AsSpan(cut)), data.Length - cut));
    }

    private static byte[] Bytes(byte of) => [.. Enumerable.Repeat(of, Large)];

    private static byte[] Framed(byte of) => [1, 0, 0, 0, .. Bytes(of), 2, 0, 0, 0];
}
