using System.Text;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Files;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Files;

public sealed class FileSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<LogOrder> Orders => [LogOrder.Time, LogOrder.File];

    [Fact]
    public async Task File_order_keeps_the_log_and_time_order_sorts_it_stably()
    {
        string path = _folder.Write("r.csv", "u,x,1,30\nv,x,2,10\nw,x,3,30\ny,x,4\nz,x,5,10\n");
        string[] rows = ["0 u x 1 30000000", "1 v x 2 10000000", "2 w x 3 30000000", "3 y x 4 30000000", "4 z x 5 10000000"];
        Assert.Equal(rows, (await Reading.Of(new SourceOptions { Paths = [path], Order = LogOrder.File })).Events);
        Assert.Equal([rows[1], rows[4], rows[0], rows[2], rows[3]], (await Reading.Of(new SourceOptions { Paths = [path] })).Events);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Batch_size_and_cuts_never_change_what_is_read(LogOrder order)
    {
        SourceOptions options = Mixed(order);
        Reading one = await Reading.Of(options, batchSize: 1);
        foreach (int size in (int[])[2, 7, 1024])
        {
            foreach (long cut in (long[])[0, 1, 10, 64])
            {
                Reading other = await Reading.Of(options, size, cut);
                Assert.Equal(one.Events, other.Events);
                Assert.Equal(one.Rejections, other.Rejections);
                Assert.Equal(State(one.Positions[^1]), State(other.Positions[^1]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_batch_ends_exactly_once_at_each_multiple_of_the_cut(LogOrder order)
    {
        Reading reading = await Reading.Of(Mixed(order), batchSize: 9, cutEvery: 20);
        long[] ends = [.. reading.Positions.Select(p => p.Single.Records)];
        Assert.Equal(ends.Order().Distinct(), ends);
        Assert.Equal(Enumerable.Range(1, (int)(ends[^1] / 20)).Select(i => 20L * i), ends.Where(e => e % 20 == 0));
        Assert.All(reading.Counts, c => Assert.InRange(c, 0, 9));
        Assert.Equal(ends[^1], reading.Last.Events + reading.Last.Filtered + reading.Last.RejectedTotal);
        Assert.True(reading.Last.Filtered > 0 && reading.Last.RejectedTotal > 0);
    }

    [Theory]
    [InlineData(LogOrder.Time, false)]
    [InlineData(LogOrder.File, false)]
    [InlineData(LogOrder.Time, true)]
    [InlineData(LogOrder.File, true)]
    public async Task A_resume_from_any_batch_goes_on_as_if_nothing_had_happened(LogOrder order, bool compressed)
    {
        SourceOptions options = Mixed(order, compressed);
        Reading whole = await Reading.Of(options, batchSize: 9, cutEvery: 25);
        for (int i = 0; i < whole.Positions.Count; i++)
        {
            Reading rest = await Reading.Of(options, batchSize: 9, cutEvery: 25, from: whole.Positions[i]);
            Assert.Equal(whole.Events.Skip(whole.Sums[i].Events), rest.Events);
            Assert.Equal(whole.Rejections.Skip(whole.Sums[i].Rejections), rest.Rejections);
            Assert.Equal(whole.Positions.Skip(i + 1).Select(State), rest.Positions.Select(State));
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_resume_on_the_standard_input_passes_over_what_was_read(LogOrder order)
    {
        byte[] log = Encoding.UTF8.GetBytes("user,item,rating\n" + string.Join('\n', Enumerable.Range(0, 50).Select(i => $"u{i},i,{i}")));
        SourceOptions options = new() { Paths = ["-"], Order = order };
        Reading whole = await Reading.Of(options, standardInput: log);
        Assert.Equal(50, whole.Events.Count);
        Assert.All(whole.Progress, p => Assert.True(double.IsNaN(p)));
        Reading rest = await Reading.Of(options, standardInput: log, from: whole.Positions[2]);
        Assert.Equal(whole.Events.Skip(21), rest.Events);
    }

    [Fact]
    public async Task Gzip_and_several_files_are_read_as_one_log()
    {
        string plain = _folder.Write("a.dat", "1::2::3::4\r\n5::6::7::8");
        string zipped = _folder.WriteGzip("b.csv.gz", "\uFEFFuserId,movieId,rating,timestamp\r\n\r\n9,10,5,12\n");
        string empty = _folder.Write("empty.dat", string.Empty);
        Reading reading = await Reading.Of(new SourceOptions { Paths = [empty, plain, zipped], Order = LogOrder.File });
        Assert.Equal(["0 1 2 3 4000000", "1 5 6 7 8000000", "2 9 10 5 12000000"], reading.Events);
        Assert.Equal((3, 0, 3), (reading.Last.Records, reading.Last.RejectedTotal, reading.Last.Events));
    }

    [Fact]
    public async Task Compressed_data_that_is_damaged_or_ends_early_is_a_failure_of_the_file()
    {
        string whole = _folder.WriteGzip("r.dat.gz", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i}::{i * 7 % 1000}::3::{i}\n")));
        byte[] bytes = File.ReadAllBytes(whole);
        byte[] damaged = [.. bytes];
        damaged[bytes.Length / 2] ^= 0xFF;
        damaged[(bytes.Length / 2) + 1] ^= 0xFF;
        foreach (byte[] bad in (byte[][])[bytes[..(bytes.Length / 2)], damaged])
        {
            string path = _folder.Write("bad.dat.gz", bad);
            Reading reading = await Reading.Of(new SourceOptions { Paths = [path], Order = LogOrder.File, MaxBadRatio = 1 }, batchSize: 64, expectFailure: true);
            Assert.IsType<SourceException>(reading.Failure);
            Assert.Contains(path, reading.Failure!.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Gzip_on_the_standard_input_is_decompressed(LogOrder order)
    {
        byte[] zipped = File.ReadAllBytes(_folder.WriteGzip("r.dat.gz", "1::2::3::4\n5::6::7::8\n"));
        SourceOptions options = new() { Paths = ["-"], Order = order };
        Reading whole = await Reading.Of(options, batchSize: 1, standardInput: zipped);
        Assert.Equal(["0 1 2 3 4000000", "1 5 6 7 8000000"], whole.Events);
        Assert.Equal(whole.Events.Skip(1), (await Reading.Of(options, batchSize: 1, standardInput: zipped, from: whole.Positions[0])).Events);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1::2::3::4")]
    public async Task A_short_standard_input_is_read_to_its_last_byte(string log)
    {
        Reading reading = await Reading.Of(
            new SourceOptions { Paths = ["-"], Format = "movielens", MaxBadRatio = 1, Order = LogOrder.File }, standardInput: Encoding.UTF8.GetBytes(log));
        Assert.Equal(log.Length > 1 ? ["0 1 2 3 4000000"] : [], reading.Events);
        Assert.Equal(log.Length == 1 ? 1 : 0, reading.Rejections.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_named_pipe_is_read_like_the_standard_input(bool compressed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Named pipes are files on Unix only.");
        const string Log = "1::2::3::4\n5::6::7::8\n";
        byte[] bytes = compressed ? File.ReadAllBytes(_folder.WriteGzip("r.dat.gz", Log)) : Encoding.UTF8.GetBytes(Log);
        string pipe = Path.Combine(_folder.Root, "pipe");
        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", pipe)) await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        foreach (LogOrder order in Enum.GetValues<LogOrder>())
        {
            // Each end waits for the other to open.
            Task writing = Task.Run(() => File.WriteAllBytes(pipe, bytes), TestContext.Current.CancellationToken);
            Reading reading = await Task.Run(() => Reading.Of(new SourceOptions { Paths = [pipe], Order = order }), TestContext.Current.CancellationToken);
            await writing;
            Assert.Equal(["0 1 2 3 4000000", "1 5 6 7 8000000"], reading.Events);
            Assert.True(double.IsNaN(reading.Progress[^1]));
        }
    }

    [Fact]
    public async Task Progress_through_a_link_is_that_of_the_file()
    {
        string path = _folder.Write("r.csv", string.Concat(Enumerable.Repeat("1,2,3,4\n", 100_000))), link = Path.Combine(_folder.Root, "link.csv");
        File.CreateSymbolicLink(link, path);
        Reading reading = await Reading.Of(new SourceOptions { Paths = [link], Order = LogOrder.File }, batchSize: 1000);
        Assert.InRange(reading.Progress[0], 0.01, 0.9);
    }

    [Fact]
    public async Task A_shorter_standard_input_on_resume_is_refused()
    {
        byte[] log = Encoding.UTF8.GetBytes("user,item,rating\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"u{i},i,{i}\n")));
        SourceOptions options = new() { Paths = ["-"], Order = LogOrder.File };
        SourcePosition position = (await Reading.Of(options, standardInput: log)).Positions[2];
        Reading rest = await Reading.Of(options, standardInput: log[..100], from: position, expectFailure: true);
        Assert.Contains("the snapshot was taken after line 22", rest.Failure!.Message);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_resume_with_other_options_or_another_later_file_is_refused(LogOrder order)
    {
        SourcePosition position = (await Reading.Of(Mixed(order))).Positions[5];
        SourceOptions minimum = Mixed(order), range = Mixed(order), other = Mixed(order);
        (minimum.MinimumValue, range.Range) = (3, "0..4");
        byte[] last = File.ReadAllBytes(other.Paths[2]);
        Assert.NotEmpty((await Reading.Of(Mixed(order), from: position)).Events);
        Assert.Contains("MinimumValue", (await Reading.Of(minimum, from: position, expectFailure: true)).Failure!.Message);
        Assert.Contains("Range", (await Reading.Of(range, from: position, expectFailure: true)).Failure!.Message);
        last[^2] ^= 1;
        File.WriteAllBytes(other.Paths[2], last);
        Assert.Contains("has changed since the snapshot", (await Reading.Of(other, from: position, expectFailure: true)).Failure!.Message);
    }

    [Fact]
    public async Task A_resume_tells_the_format_by_the_first_file_that_is_not_empty()
    {
        // Whole seconds are movielens' own rule; a csv would take the last time.
        string empty = _folder.Write("0.dat", string.Empty), first = _folder.Write("1.dat", "1::2::3::4\n"), second = _folder.Write("2.dat", "5,6,7,8\n9,10,4,12.5\n");
        SourceOptions options = new() { Paths = [empty, first, second], Order = LogOrder.File, MaxBadRatio = 1 };
        Reading whole = await Reading.Of(options, batchSize: 2);
        Assert.Equal(["0 1 2 3 4000000", "1 5 6 7 8000000"], whole.Events);
        Assert.Equal("2 line 2 bad-time ts 11 9,10,4,12.5", Assert.Single(whole.Rejections));
        Assert.Equal(whole.Rejections, (await Reading.Of(options, batchSize: 2, from: whole.Positions[0])).Rejections);
    }

    [Fact]
    public async Task A_file_without_header_after_one_whose_header_says_otherwise_is_refused()
    {
        string first = _folder.Write("1.csv", "timestamp,user,item,rating\n4,1,2,3\n"), second = _folder.Write("2.csv", "8,5,6,7\n");
        string message = (await Reading.Of(new SourceOptions { Paths = [first, second] }, expectFailure: true)).Failure!.Message;
        Assert.Contains(second, message);
        Assert.Contains("'8,5,6,7' is no header", message);
        Assert.Contains("Source:Columns", message);
        string usual = _folder.Write("3.csv", "user,item,rating\n1,2,3\n");
        Assert.Equal(2, (await Reading.Of(new SourceOptions { Paths = [usual, second] })).Events.Count);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_log_that_changed_since_the_snapshot_is_refused(LogOrder order)
    {
        SourceOptions options = Mixed(order);
        SourcePosition position = (await Reading.Of(options)).Positions[5];
        File.AppendAllText(options.Paths[1], "1,2,3,4\n");
        Assert.Contains("has changed since the snapshot", (await Reading.Of(options, from: position, expectFailure: true)).Failure!.Message);
    }

    [Theory]
    [InlineData(LogOrder.Time, 3)]
    [InlineData(LogOrder.File, 3)]
    [InlineData(LogOrder.File, 0)]
    [InlineData(LogOrder.Time, 1000)]
    public async Task A_limit_counts_from_the_start_of_the_ordered_stream(LogOrder order, int limit)
    {
        string path = _folder.Write("r.csv", string.Concat(Enumerable.Range(0, 10).Select(i => $"u{i},i,3,{100 - i}\n")));
        SourceOptions options = new() { Paths = [path], Order = order };
        Reading all = await Reading.Of(options, batchSize: 2), some = await Reading.Of(options, batchSize: 2, limit: limit);
        Assert.Equal(all.Events.Take(limit), some.Events);
        if (limit != 3) return;
        Assert.Equal(some.Events.Skip(2), (await Reading.Of(options, batchSize: 2, limit: limit, from: some.Positions[0])).Events);
    }

    [Fact]
    public async Task The_value_range_rejects_and_the_minimum_filters()
    {
        string path = _folder.Write("r.csv", "user,item,rating\na,x,1\nb,x,5\nc,x,9\nd,x,5.5\ne,x,-0\n");
        SourceOptions options = new() { Paths = [path], Range = "0..5.5", MinimumValue = 5, MaxBadRatio = 1 };
        Reading reading = await Reading.Of(options);
        Assert.Equal(["1 b x 5 0", "3 d x 5.5 0"], reading.Events);
        Assert.Equal(["2 line 4 out-of-range value 5 c,x,9"], reading.Rejections);
        Assert.Equal(2, reading.Last.Filtered);
        string without = _folder.Write("w.csv", "user,item\na,x\n");
        Assert.Equal(1, (await Reading.Of(new SourceOptions { Paths = [without], MinimumValue = 0 })).Last.Filtered);
        Assert.Single((await Reading.Of(new SourceOptions { Paths = [without], Range = "0..1" })).Events);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Too_many_bad_records_end_the_run_with_what_was_wrong(LogOrder order)
    {
        string path = _folder.Write("r.csv", "1,2,3,4\n1,2,NaN,4\n1,2,x,4\n1,2,3,5\n");
        SourceOptions options = new() { Paths = [path], Order = order, MaxBadRatio = 0.4 };
        Reading reading = await Reading.Of(options, batchSize: 1, expectFailure: true);
        string message = Assert.IsType<BadRecordsException>(reading.Failure).Message;
        Assert.Contains("2 of 4 records", message);
        Assert.Contains("1 not-a-number, 1 not-finite", message);
        Assert.Contains($"{path}, line 2: not-finite (value)", message);
        Assert.Equal(2, reading.Rejections.Count);
        Assert.Equal(order == LogOrder.Time ? 0 : 2, reading.Events.Count);
        options.MaxBadRatio = 0.5;
        Assert.Equal(2, (await Reading.Of(options)).Events.Count);
        if (order == LogOrder.Time) return;
        options.MaxBadRatio = 0.4;
        Reading resumed = await Reading.Of(options, from: reading.Positions[^1], expectFailure: true);
        Assert.Contains("2 of 4 records", resumed.Failure!.Message);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Too_many_bad_records_end_the_run_only_when_every_batch_is_back(LogOrder order)
    {
        SourceOptions options = new() { Paths = [_folder.Write("r.csv", "1,2,3,4\n1,2,NaN,4\n")], Order = order };
        using Abstractions.Events.BatchPool pool = new(3, 10, 0, 0);
        await using FileSource source = new(options, new Abstractions.Keys.EntityKeyCodec(1));
        await using IAsyncEnumerator<Abstractions.Events.BatchLease> batches =
            source.ReadAsync(new SourcePosition(), new SourceContext(pool, 10), TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await batches.MoveNextAsync());
        Abstractions.Events.BatchLease lease = batches.Current;
        Assert.Equal(1, lease.Batch.Rejections.Count);
        Task<bool> next = batches.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        lease.Release();
        await Assert.ThrowsAsync<BadRecordsException>(() => next);
        Assert.Equal(0, pool.Rented);
    }

    [Theory]
    [InlineData(600_000, false)]
    [InlineData(0, false)]
    [InlineData(1_000_000, true)]
    public async Task A_file_that_is_cut_while_it_is_read_is_a_failure_and_one_that_grows_is_not(int length, bool succeeds)
    {
        string path = _folder.Write("r.csv", string.Concat(Enumerable.Repeat("1,2,3,4\n", 100_000)));
        using Abstractions.Events.BatchPool pool = new(2, 100, 0, 0);
        await using FileSource source = new(new SourceOptions { Paths = [path], Order = LogOrder.File, MaxBadRatio = 1 }, new Abstractions.Keys.EntityKeyCodec(1));
        CancellationToken ct = TestContext.Current.CancellationToken;
        long events = 0;
        async Task Read()
        {
            await foreach (Abstractions.Events.BatchLease lease in source.ReadAsync(new SourcePosition(), new SourceContext(pool, 100), ct))
            {
                if (events == 0)
                {
                    await using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                    if (!succeeds) file.SetLength(length);
                    else file.Seek(0, SeekOrigin.End);
                    for (long at = file.Length; at < length; at += 8) file.Write("1,2,3,4\n"u8);
                }

                events += lease.Batch.Count;
                lease.Release();
            }
        }

        if (succeeds) await Read();
        else Assert.Contains("became shorter", (await Assert.ThrowsAsync<SourceException>(Read)).Message);
        Assert.Equal(succeeds, events == 125_000);
    }

    [Fact]
    public async Task More_events_than_can_be_sorted_are_refused_with_what_to_do()
    {
        string path = _folder.Write("r.csv", string.Concat(Enumerable.Repeat("1,2,3,4\n", 11)));
        SourceOptions options = new() { Paths = [path], SortCapacity = 10 };
        string message = (await Reading.Of(options, expectFailure: true)).Failure!.Message;
        Assert.Contains("more than 10 events", message);
        Assert.Contains("Source:Order=file", message);
        Assert.Contains("Source:SortCapacity", message);
        options.SortCapacity = 11;
        Assert.Equal(11, (await Reading.Of(options)).Events.Count);
    }

    [Theory]
    [InlineData("missing.csv", "no such file")]
    [InlineData("", "is a directory")]
    public async Task What_cannot_be_read_is_refused_by_name(string name, string expected)
    {
        string path = Path.Combine(_folder.Root, name);
        string message = (await Reading.Of(new SourceOptions { Paths = [path] }, expectFailure: true)).Failure!.Message;
        Assert.Contains(path, message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public async Task A_log_of_unknown_form_and_a_header_without_items_are_refused()
    {
        string prose = _folder.Write("prose.txt", "Once upon a time\nthere was a log.\n"), second = _folder.Write("second.csv", "user,joke,rating\n1,2,3\n");
        Assert.Contains("not recognized", (await Reading.Of(new SourceOptions { Paths = [prose] }, expectFailure: true)).Failure!.Message);
        string message = (await Reading.Of(new SourceOptions { Paths = [second], Format = "csv" }, expectFailure: true)).Failure!.Message;
        Assert.Contains(second, message);
        Assert.Contains("no column for item", message);
    }

    [Fact]
    public async Task Lines_that_are_too_long_are_rejected_with_their_beginning()
    {
        string path = _folder.Write("r.csv", $"1,2,3,4\n{new string('x', 3_000_000)},2,3,4\n5,6,3,7\n");
        Reading reading = await Reading.Of(new SourceOptions { Paths = [path], MaxBadRatio = 1 });
        Assert.Equal(2, reading.Events.Count);
        Assert.Equal($"1 line 2 line-too-long  3000006 {new string('x', LineReader.KeptBytes)}", Assert.Single(reading.Rejections));
    }

    [Fact]
    public async Task Many_rejections_are_spread_over_batches()
    {
        string path = _folder.Write("r.csv", string.Concat(Enumerable.Repeat("1,2,x,4\n", 5000)));
        foreach (LogOrder order in Enum.GetValues<LogOrder>())
        {
            Reading reading = await Reading.Of(new SourceOptions { Paths = [path], Header = false, Format = "csv", Order = order, MaxBadRatio = 1 });
            Assert.Equal(5000, reading.Rejections.Count);
            Assert.Equal([1024, 2048, 3072, 4096, 5000], reading.Sums.Select(s => s.Rejections));
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Progress_grows_to_one(LogOrder order)
    {
        Reading reading = await Reading.Of(Mixed(order));
        Assert.Equal(reading.Progress.Order(), reading.Progress);
        Assert.InRange(reading.Progress[0], 0, 1);
        Assert.Equal(1, reading.Progress[^1]);
    }

    [Fact]
    public async Task Cancelling_ends_the_read_and_gives_the_batch_back()
    {
        string path = _folder.Write("r.csv", string.Concat(Enumerable.Repeat("1,2,3,4\n", 100_000)));
        using CancellationTokenSource stop = new();
        using Abstractions.Events.BatchPool pool = new(2, 10, 0, 0);
        await using FileSource source = new(new SourceOptions { Paths = [path], Order = LogOrder.File, MinimumValue = 4 }, new Abstractions.Keys.EntityKeyCodec(1));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (Abstractions.Events.BatchLease lease in source.ReadAsync(new SourcePosition(), new SourceContext(pool, 10), stop.Token)) lease.Release();
        });
        Assert.Equal(0, pool.Rented);
    }

    public void Dispose() => _folder.Dispose();

    private static string State(SourcePosition position)
    {
        PartitionPosition p = position.Single;
        return $"{p.Partition} {p.Records} {p.Events} {p.Filtered} {p.File} {p.Bytes} {p.Lines} {p.Time} {p.Fingerprint} {string.Join(' ', p.Rejected.ToArray())}";
    }

    /// <summary>Three files with headers, bad records, filtered ones, empty lines, missing times and unordered times.</summary>
    private SourceOptions Mixed(LogOrder order, bool compressed = false)
    {
        CounterRng rng = new(99, 1);
        List<string> paths = [];
        for (int file = 0; file < 3; file++)
        {
            StringBuilder log = new("\uFEFFuser,item,rating,time,hour\n");
            for (int i = 0; i < 60; i++)
            {
                string time = rng.NextBelow(5) == 0 ? string.Empty : $"{1_000_000 + rng.NextBelow(40)}";
                log.Append(rng.NextBelow(8) switch
                {
                    0 => $"{i},x,bad,{time},1\n",
                    1 => $"{i},x,1,{time},1\r\n",
                    2 => $"\n{i},x,4,{time},13\n",
                    3 => $"{new string('z', 2000)},x,4,{time},13\n",
                    _ => $"{i},x,{3 + rng.NextBelow(3)},{time},{(i % 2 == 0 ? "7.5" : string.Empty)}\n",
                });
            }

            paths.Add(compressed ? _folder.WriteGzip($"{file}.csv.gz", log.ToString()) : _folder.Write($"{file}.csv", log.ToString()));
        }

        return new SourceOptions { Paths = paths, Order = order, MaxBadRatio = 1, MinimumValue = 2, MaxLineBytes = 1024 };
    }
}
