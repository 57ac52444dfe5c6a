using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Files;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Files;

/// <summary>Logs that cannot be read, or are not worth it.</summary>
public sealed class FileSourceFailureTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<LogOrder> Orders => [LogOrder.Time, LogOrder.File];

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
    public async Task Decisions_that_take_more_bytes_than_are_sorted_are_refused_with_what_to_do()
    {
        string path = _folder.Write("r.jsonl", string.Concat(Enumerable.Range(0, 20_000).Select(i => $$"""{"ts":{{i}},"actions":["a","b"],"chosen":0,"propensity":1,"reward":0}""" + "\n")));
        SourceOptions options = new() { Paths = [path], SortBytes = 2 << 20 };
        string message = (await Reading.Of(options, expectFailure: true)).Failure!.Message;
        Assert.Contains("2097152 bytes", message);
        Assert.Contains("Source:SortBytes", message);
        Assert.Contains("Source:Order=file", message);
        options.SortBytes = 3 << 20;
        Assert.Equal(20_000, (await Reading.Of(options)).Events.Count);
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
}
