using System.Text;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Tests.Support;
using Streaming.Ingest.WriteAhead;
using Streaming.Shared.Time;

namespace Streaming.Ingest.Tests.WriteAhead;

/// <summary>Requests that are sent again under their key: written once, and answered as the first time.</summary>
public sealed class IdempotencyTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    private string Wal => Path.Combine(_folder.Root, "wal");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_repeat_is_answered_as_the_first_time_and_writes_nothing_before_and_after_a_restart()
    {
        await using (WriteAheadLog log = Open())
        {
            Assert.Equal((AppendStatus.Accepted, 2), await AppendAsync(log, "{\"n\":0}\n{\"n\":1}", "one"));
            Assert.Equal((AppendStatus.Accepted, 1), await AppendAsync(log, "{\"n\":2}", "two"));
            Assert.Equal((AppendStatus.Repeated, 2), await AppendAsync(log, "{\"n\":0}\n{\"n\":1}", "one"));
            Assert.Equal((AppendStatus.Accepted, 1), await AppendAsync(log, "{\"n\":2}", null)); // without a key it counts again
            Assert.Equal((4L, 2), (log.DurableRecords, log.Counts.Keys));
        }

        await using (WriteAheadLog log = Open())
        {
            Assert.Equal(2, log.Counts.Keys);
            Assert.Equal((AppendStatus.Repeated, 2), await AppendAsync(log, "{\"n\":0}\n{\"n\":1}", "one"));
            Assert.Equal((AppendStatus.Repeated, 1), await AppendAsync(log, "{\"n\":2}", "two"));
            Assert.Equal((AppendStatus.Accepted, 1), await AppendAsync(log, "{\"n\":3}", "three"));
            Assert.Equal(5, log.DurableRecords);
        }

        Assert.Equal([0, 1, 2, 2, 3], Numbers());
    }

    [Fact]
    public async Task The_same_key_with_other_events_is_refused()
    {
        await using WriteAheadLog log = Open();
        await AppendAsync(log, "{\"n\":0}", "one");
        Assert.Equal((AppendStatus.OtherContent, 1), await AppendAsync(log, "{\"n\":1}", "one"));
        Assert.Equal(1, log.DurableRecords);
    }

    [Fact]
    public async Task A_repeat_that_comes_before_the_first_is_on_the_disk_waits_for_it()
    {
        using GatedDisk disk = new();
        await using WriteAheadLog log = Open(disk: disk);
        Task<(AppendStatus, int)> first = AppendAsync(log, "{}", "one");
        await disk.Arrived.WaitAsync();
        Task<(AppendStatus, int)> repeat = AppendAsync(log, "{}", "one");
        Assert.False(repeat.IsCompleted);
        disk.Pass.Release(10);
        Assert.Equal(((AppendStatus.Accepted, 1), (AppendStatus.Repeated, 1)), (await first, await repeat));
        Assert.Equal(1, log.DurableRecords);
    }

    [Fact]
    public async Task Where_the_disk_fails_the_repeat_fails_too_and_the_next_start_knows_what_is_there()
    {
        using (GatedDisk disk = new() { FailSyncs = true })
        {
            disk.Pass.Release(10);
            await using WriteAheadLog log = Open(disk: disk);
            await Assert.ThrowsAsync<SourceException>(() => AppendAsync(log, "{\"n\":0}", "one"));
            await Assert.ThrowsAsync<SourceException>(() => AppendAsync(log, "{\"n\":0}", "one"));
        }

        await using (WriteAheadLog log = Open()) Assert.Equal((AppendStatus.Repeated, 1), await AppendAsync(log, "{\"n\":0}", "one")); // it was written after all
        Assert.Equal([0], Numbers());
    }

    [Fact]
    public async Task Of_an_append_that_was_torn_anywhere_nothing_is_kept_and_its_repeat_is_whole()
    {
        await using (WriteAheadLog log = Open())
        {
            await AppendAsync(log, "{\"n\":0}", "zero");
            await AppendAsync(log, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}", "one");
        }

        string file = Directory.GetFiles(Wal, "*.jsonl").Single();
        byte[] whole = File.ReadAllBytes(file);
        int begin = whole.AsSpan().IndexOf((byte)'\n') + 1;
        for (int length = begin; length <= whole.Length; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            await using (WriteAheadLog log = Open())
            {
                Assert.Equal(length == whole.Length ? 4 : 1, log.DurableRecords);
                Assert.Equal((length == whole.Length ? AppendStatus.Repeated : AppendStatus.Accepted, 3), await AppendAsync(log, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}", "one"));
                Assert.Equal((AppendStatus.Repeated, 1), await AppendAsync(log, "{\"n\":0}", "zero"));
            }

            Assert.Equal([0, 1, 2, 3], Numbers());
        }
    }

    [Fact]
    public async Task Keys_are_remembered_over_segments_for_as_long_as_they_are_to_be()
    {
        for (int life = 0; life < 6; life++)
        {
            await using WriteAheadLog log = Open(keys: 1000, segment: 4096);
            for (int i = 0; i < 40; i++) Assert.Equal((AppendStatus.Accepted, 1), await AppendAsync(log, "{\"n\":1}", $"{life} {i}"));
            _clock.Advance(TimeSpan.FromMinutes(4));
        }

        Assert.True(Directory.GetFiles(Wal, "*.jsonl").Length > 6);
        await using WriteAheadLog last = Open(keys: 1000, segment: 4096); // 24 minutes after the first, and 15 are remembered
        for (int life = 0; life < 6; life++)
        {
            AppendStatus expected = 4 * (6 - life) > 15 ? AppendStatus.Accepted : AppendStatus.Repeated;
            for (int i = 0; i < 40; i++) Assert.Equal((life, i, expected), (life, i, (await AppendAsync(last, "{\"n\":1}", $"{life} {i}")).Status));
        }
    }

    [Fact]
    public async Task As_many_keys_are_remembered_as_there_are_to_be_the_same_before_and_after_a_restart()
    {
        await using (WriteAheadLog log = Open(keys: 3))
        {
            for (int i = 0; i < 5; i++) await AppendAsync(log, "{}", $"{i}");
            Assert.Equal(3, log.Counts.Keys);
            for (int i = 2; i < 5; i++) Assert.Equal(AppendStatus.Repeated, (await AppendAsync(log, "{}", $"{i}")).Status);
        }

        await using (WriteAheadLog log = Open(keys: 3))
        {
            for (int i = 2; i < 5; i++) Assert.Equal(AppendStatus.Repeated, (await AppendAsync(log, "{}", $"{i}")).Status);
            Assert.Equal(AppendStatus.Accepted, (await AppendAsync(log, "{}", "1")).Status);
            Assert.Equal(AppendStatus.Accepted, (await AppendAsync(log, "{}", "2")).Status); // it has made room
        }

        await using WriteAheadLog none = Open(keys: 0);
        Assert.Equal((false, 0), (none.KeepsKeys, none.Counts.Keys));
    }

    [Fact]
    public async Task It_is_counted_what_was_written_how_often_it_was_synced_and_what_waits()
    {
        await using WriteAheadLog log = Open();
        Assert.Equal(new WriteAheadCounts(0, 0, TimeSpan.Zero, 0, 0, 0, 0), log.Counts);
        await AppendAsync(log, "{}\n{}", "one");
        await AppendAsync(log, "{}", null);
        WriteAheadCounts counts = log.Counts;
        Assert.Equal((3L, 2L, 3L, 1, 1), (counts.Records, counts.Syncs, counts.BacklogRecords, counts.Segments, counts.Keys));
        Assert.Equal(counts.BacklogBytes, new FileInfo(Directory.GetFiles(Wal, "*.jsonl").Single()).Length);
        using SegmentReader reader = new(log);
        reader.Begin();
        Assert.True(reader.TryRead(out _, out _));
        Assert.Equal(2, log.Counts.BacklogRecords);
        while (reader.TryRead(out _, out _))
        {
        }

        Assert.Equal((0L, 0L), (log.Counts.BacklogRecords, log.Counts.BacklogBytes));
    }

    private static async Task<(AppendStatus Status, int Records)> AppendAsync(WriteAheadLog log, string lines, string? key)
    {
        AppendResult result = await log.AppendAsync(Encoding.UTF8.GetBytes(lines), key, TestContext.Current.CancellationToken);
        return (result.Status, result.Records);
    }

    private IEnumerable<int> Numbers() =>
        Directory.GetFiles(Wal, "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines).Select(l => l[^2] - '0');

    private WriteAheadLog Open(int keys = 100, long segment = 1 << 20, GatedDisk? disk = null)
    {
        WriteAheadOptions options = new() { Directory = Wal, SegmentBytes = segment, IdempotentRequests = keys };
        WriteAheadLog log = disk is null ? new WriteAheadLog(options, 1 << 20, _clock) : new WriteAheadLog(options, 1 << 20, _clock, disk.Create);
        log.Open();
        return log;
    }
}
