using System.Text;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Tests.Support;
using Streaming.Ingest.WriteAhead;
using Streaming.Shared.Time;

namespace Streaming.Ingest.Tests.WriteAhead;

public sealed class WriteAheadLogTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    private string Wal => Path.Combine(_folder.Root, "wal");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Records_get_their_number_and_time_and_counting_goes_on_after_a_restart()
    {
        await using (WriteAheadLog log = Open())
        {
            Assert.Equal((AppendStatus.Accepted, 2), Counted(await log.AppendAsync(Bytes("{\"user\":\"a\"}\r\n\n  {\"user\":\"b\"}"))));
            Assert.Equal((AppendStatus.Accepted, 0), Counted(await log.AppendAsync(Bytes("\n \r\n"))));
            Assert.Equal(2, log.DurableRecords);
        }

        _clock.Advance(TimeSpan.FromSeconds(-5)); // set back: what arrives later is not dated earlier
        await using (WriteAheadLog log = Open())
        {
            Assert.Equal(2, log.DurableRecords);
            Assert.Equal((AppendStatus.Accepted, 1), Counted(await log.AppendAsync(Bytes("{}\n"))));
        }

        Assert.Equal(
            """
            {"source":{"topic":0,"partition":0,"offset":0,"arrived":1795305540000000},"user":"a"}
            {"source":{"topic":0,"partition":0,"offset":1,"arrived":1795305540000000},"user":"b"}
            {"source":{"topic":0,"partition":0,"offset":2,"arrived":1795305540000000}}

            """.ReplaceLineEndings("\n"),
            File.ReadAllText(Path.Combine(Wal, "wal-0000000000000000000-20261121.jsonl")));
    }

    [Fact]
    public async Task Of_lines_of_which_one_is_no_record_none_is_taken_and_the_lines_are_named()
    {
        await using WriteAheadLog log = Open(maxLine: 1024);
        AppendResult result = await log.AppendAsync(Bytes("{\"user\":\"a\"}\n\n[1]\n{\"a\":1\n" + "{\"a\":\"" + new string('x', 1000) + "\"}\n"));
        Assert.Equal(AppendStatus.Malformed, result.Status);
        Assert.Equal([3, 4, 5], result.Faults.Select(f => f.Line));
        Assert.Contains("is no JSON object", result.Faults[0].Message, StringComparison.Ordinal);
        Assert.Equal("has 1008 bytes; at most 800 are taken", result.Faults[2].Message);
        Assert.Equal(LineFraming.MaxFaults, (await log.AppendAsync(Bytes(string.Concat(Enumerable.Repeat("x\n", 1000))))).Faults.Length);
        Assert.Equal(0, log.DurableRecords);
        Assert.Empty(Directory.GetFiles(Wal, "*.jsonl"));
    }

    [Fact]
    public async Task More_records_at_once_than_their_envelopes_should_swell_are_refused()
    {
        await using WriteAheadLog log = Open();
        byte[] most = Bytes(string.Concat(Enumerable.Repeat("{}\n", LineFraming.MaxRecords)));
        Assert.Equal((AppendStatus.Accepted, LineFraming.MaxRecords), Counted(await log.AppendAsync(most)));
        AppendResult refused = await log.AppendAsync((byte[])[.. most, .. "\n{}\n{}"u8]);
        Assert.Equal(AppendStatus.Malformed, refused.Status);
        Assert.Equal(new LineFault(LineFraming.MaxRecords + 2, "is one record too many; at most 100000 are taken at once"), Assert.Single(refused.Faults));
    }

    [Fact]
    public async Task An_append_returns_when_its_records_are_on_the_disk_and_one_sync_is_for_all_who_wait()
    {
        using GatedDisk disk = new();
        await using WriteAheadLog log = Open(disk);
        Task<AppendResult> first = log.AppendAsync(Bytes("{\"n\":0}")).AsTask();
        await disk.Arrived.WaitAsync();
        Task<AppendResult>[] others = [.. Enumerable.Range(1, 50).Select(i => Task.Run(async () => await log.AppendAsync(Bytes($$"""{"n":{{i}}}"""))))];
        Assert.Equal(AppendStatus.Accepted, (await log.AppendAsync(Bytes(""))).Status); // comes after none of them, and waits for none
        while (log.BacklogBytes < 51 * 60) await Task.Yield();
        Assert.False(first.IsCompleted);
        Assert.Equal(0, log.DurableRecords);
        disk.Pass.Release();
        await first;
        Assert.Equal(1, log.DurableRecords);
        await disk.Arrived.WaitAsync();
        Assert.DoesNotContain(others, o => o.IsCompleted);
        disk.Pass.Release();
        await Task.WhenAll(others);
        Assert.Equal((2, 51), (disk.Syncs, log.DurableRecords));
        disk.Pass.Release(1000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_failure_of_the_disk_every_append_fails_for_good(bool writes)
    {
        using GatedDisk disk = new() { FailWrites = writes, FailSyncs = !writes };
        disk.Pass.Release(1000);
        await using WriteAheadLog log = Open(disk);
        SourceException failed = await Assert.ThrowsAsync<SourceException>(async () => await log.AppendAsync(Bytes("{}")));
        Assert.Contains(writes ? "No space left on device" : "Input/output error", failed.Message, StringComparison.Ordinal);
        (disk.FailWrites, disk.FailSyncs) = (false, false);
        Assert.Same(failed, await Assert.ThrowsAsync<SourceException>(async () => await log.AppendAsync(Bytes("{}"))));
        Assert.Same(failed, log.Failure);
        Assert.Equal(0, log.DurableRecords);
    }

    [Fact]
    public async Task What_waits_behind_a_sync_that_fails_fails_too()
    {
        using GatedDisk disk = new() { FailSyncs = true };
        await using WriteAheadLog log = Open(disk);
        Task first = log.AppendAsync(Bytes("{}")).AsTask();
        await disk.Arrived.WaitAsync();
        Task second = log.AppendAsync(Bytes("{}")).AsTask();
        disk.Pass.Release();
        await Assert.ThrowsAsync<SourceException>(() => first);
        await Assert.ThrowsAsync<SourceException>(() => second);
        Assert.Equal(1, disk.Syncs);
    }

    [Fact]
    public async Task More_than_the_backlog_is_refused()
    {
        await using WriteAheadLog log = Open(backlog: 1 << 16);
        byte[] body = Bytes(string.Concat(Enumerable.Repeat("{\"user\":\"somebody\",\"item\":\"something\"}\n", 700)));
        Assert.Equal(AppendStatus.Accepted, (await log.AppendAsync(body)).Status);
        Assert.InRange(log.BacklogBytes, 1 << 16, 1 << 17);
        Assert.Equal(AppendStatus.Full, (await log.AppendAsync(body)).Status);
        log.Taken(log.BacklogBytes - 1000, 690);
        Assert.Equal(AppendStatus.Accepted, (await log.AppendAsync(Bytes("{}"))).Status);
        Assert.Equal(701, log.DurableRecords);
    }

    [Fact]
    public async Task More_than_may_wait_for_the_disk_is_refused()
    {
        using GatedDisk disk = new();
        await using WriteAheadLog log = Open(disk);
        byte[] large = Bytes("{\"a\":\"" + new string('x', 1_000_000) + "\"}");
        Task first = log.AppendAsync(large).AsTask();
        await disk.Arrived.WaitAsync();
        List<Task<AppendResult>> waiting = [];
        do waiting.Add(log.AppendAsync(large).AsTask());
        while (!waiting[^1].IsCompleted);
        Assert.Equal(AppendStatus.Full, (await waiting[^1]).Status);
        Assert.Equal(WriteAheadLog.MaxPendingBytes / 1_000_136, waiting.Count - 1);
        disk.Pass.Release(1000);
        await Task.WhenAll(waiting.Append(first));
    }

    [Fact]
    public async Task Each_day_and_each_full_file_begins_a_segment_and_their_names_are_in_order()
    {
        await using (WriteAheadLog log = Open(segment: 4096))
        {
            for (int i = 0; i < 90; i++)
            {
                if (i == 20) _clock.Advance(TimeSpan.FromMinutes(1));
                await log.AppendAsync(Bytes($$"""{"n":{{i}}}"""));
            }
        }

        string[] files = Directory.GetFiles(Wal, "*.jsonl");
        Array.Sort(files, StringComparer.Ordinal);
        Assert.Equal("wal-0000000000000000000-20261121.jsonl", Path.GetFileName(files[0]));
        Assert.Equal("wal-0000000000000000020-20261122.jsonl", Path.GetFileName(files[1]));
        Assert.True(files.Length > 2);
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 4096));
        Assert.Equal(Enumerable.Range(0, 90).Select(i => $"\"n\":{i}}}"), files.SelectMany(File.ReadLines).Select(l => l[l.IndexOf("\"n\"", StringComparison.Ordinal)..]));
    }

    [Fact]
    public async Task A_segment_goes_when_it_is_old_and_no_snapshot_needs_it()
    {
        await using WriteAheadLog log = Open(retain: 2);
        for (int day = 0; day < 5; day++)
        {
            await log.AppendAsync(Bytes("{}\n{}"));
            _clock.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(0, log.Trim(1)); // the first has record 1
        Assert.Equal(1, log.Trim(3));
        Assert.Equal(1, log.Trim(5));
        Assert.Equal(1, log.Trim(long.MaxValue)); // two days are kept, whatever the snapshots have
        Assert.Equal(2, Directory.GetFiles(Wal, "*.jsonl").Length);
        _clock.Advance(TimeSpan.FromDays(100));
        Assert.Equal(1, log.Trim(long.MaxValue)); // the last stays
        await log.AppendAsync(Bytes("{}"));
        Assert.Equal(11, log.DurableRecords);
    }

    [Fact]
    public async Task Without_days_to_retain_nothing_is_deleted()
    {
        await using WriteAheadLog log = Open();
        await log.AppendAsync(Bytes("{}"));
        _clock.Advance(TimeSpan.FromDays(1000));
        await log.AppendAsync(Bytes("{}"));
        Assert.Equal(0, log.Trim(long.MaxValue));
    }

    [Fact]
    public async Task A_torn_end_is_cut_off_at_whatever_byte_it_was_torn()
    {
        await using (WriteAheadLog log = Open())
        {
            for (int i = 0; i < 4; i++) await log.AppendAsync(Bytes($$"""{"n":{{i}},"t":{"x":1} }"""));
        }

        string file = Directory.GetFiles(Wal, "*.jsonl").Single();
        byte[] whole = File.ReadAllBytes(file);
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            int lines = whole.AsSpan(0, length).Count((byte)'\n');
            await using (WriteAheadLog log = Open())
            {
                Assert.Equal(lines, log.DurableRecords);
                if (length % 10 == 0) await log.AppendAsync(Bytes("{}"));
            }

            Assert.Equal(lines + (length % 10 == 0 ? 1 : 0), File.ReadAllText(file).Count(c => c == '\n'));
            Assert.StartsWith(Encoding.UTF8.GetString(whole, 0, whole.AsSpan(0, length).LastIndexOf((byte)'\n') + 1), File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rubbish_at_the_end_is_cut_off_and_a_damaged_line_before_whole_ones_is_for_people()
    {
        await using (WriteAheadLog log = Open())
        {
            for (int i = 0; i < 3; i++) await log.AppendAsync(Bytes("{}"));
        }

        string file = Directory.GetFiles(Wal, "*.jsonl").Single();
        byte[] whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, [.. whole, .. new byte[500], (byte)'\n', (byte)'x', (byte)'\n']);
        await using (WriteAheadLog log = Open()) Assert.Equal(3, log.DurableRecords);
        Assert.Equal(whole, File.ReadAllBytes(file));

        whole[whole.AsSpan().IndexOf((byte)'\n') + 5] ^= 1;
        File.WriteAllBytes(file, whole);
        await using WriteAheadLog damaged = New();
        string message = Assert.Throws<SourceException>(damaged.Open).Message;
        Assert.Contains("line 2 is damaged, and whole records follow it", message, StringComparison.Ordinal);
        Assert.Contains($"first {whole.AsSpan().IndexOf((byte)'\n') + 1} bytes", message, StringComparison.Ordinal);
        Assert.Equal(whole, File.ReadAllBytes(file));
    }

    [Fact]
    public async Task Two_at_a_time_are_refused()
    {
        await using WriteAheadLog one = Open();
        await using WriteAheadLog other = New();
        Assert.Contains("another process", Assert.Throws<SourceException>(other.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_is_not_open_yet_or_no_more_takes_nothing()
    {
        WriteAheadLog log = New();
        Assert.Equal(AppendStatus.Closed, (await log.AppendAsync(Bytes("{}"))).Status);
        log.Open();
        await log.DisposeAsync();
        Assert.Equal(AppendStatus.Closed, (await log.AppendAsync(Bytes("{}"))).Status);
    }

    [Fact]
    public async Task What_was_appended_before_the_end_is_written()
    {
        using GatedDisk disk = new();
        WriteAheadLog log = Open(disk);
        Task<AppendResult> first = log.AppendAsync(Bytes("{}")).AsTask(), second;
        await disk.Arrived.WaitAsync();
        second = log.AppendAsync(Bytes("{}")).AsTask();
        Task closed = log.DisposeAsync().AsTask();
        disk.Pass.Release(2);
        await closed;
        Assert.Equal([AppendStatus.Accepted, AppendStatus.Accepted], [(await first).Status, (await second).Status]);
    }

    [Fact]
    public async Task Appends_gather_for_as_long_as_they_are_told_to()
    {
        await using WriteAheadLog log = Open(sync: 50);
        Task<AppendResult> first = log.AppendAsync(Bytes("{}")).AsTask();
        while (!_clock.IsWaitedFor) await Task.Yield();
        Task<AppendResult> second = log.AppendAsync(Bytes("{}")).AsTask();
        Assert.False(first.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        await Task.WhenAll(first, second);
        Assert.Equal(2, log.DurableRecords);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static (AppendStatus Status, int Records) Counted(AppendResult result) => (result.Status, result.Records);

    private WriteAheadLog Open(GatedDisk? disk = null, long segment = 1 << 20, long backlog = 1 << 28, int retain = 0, int sync = 0, int maxLine = 1 << 20)
    {
        WriteAheadLog log = New(disk, segment, backlog, retain, sync, maxLine);
        log.Open();
        return log;
    }

    private WriteAheadLog New(GatedDisk? disk = null, long segment = 1 << 20, long backlog = 1 << 28, int retain = 0, int sync = 0, int maxLine = 1 << 20)
    {
        WriteAheadOptions options = new() { Directory = Wal, SegmentBytes = segment, MaxBacklogBytes = backlog, RetainDays = retain, SyncMilliseconds = sync };
        return disk is null ? new WriteAheadLog(options, maxLine, _clock) : new WriteAheadLog(options, maxLine, _clock, disk.Create);
    }
}
