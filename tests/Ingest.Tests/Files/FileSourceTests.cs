using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Files;

/// <summary>What a source of files gives: order, batches, limits, the value gate, progress.</summary>
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
        SourceOptions options = MixedLog.In(_folder, order);
        Reading one = await Reading.Of(options, batchSize: 1);
        foreach (int size in (int[])[2, 7, 1024])
        {
            foreach (long cut in (long[])[0, 1, 10, 64])
            {
                Reading other = await Reading.Of(options, size, cut);
                Assert.Equal(one.Events, other.Events);
                Assert.Equal(one.Rejections, other.Rejections);
                Assert.Equal(MixedLog.State(one.Positions[^1]), MixedLog.State(other.Positions[^1]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_batch_of_huge_records_ends_before_it_is_full(LogOrder order)
    {
        string vector = string.Join(',', Enumerable.Repeat("1", 60_000));
        string path = _folder.Write("r.jsonl", string.Concat(Enumerable.Range(0, 40).Select(i => $$"""{"ts":{{i}},"actions":[{"id":"a","x":[{{vector}}]}],"chosen":0,"propensity":1,"reward":0}""" + "\n")));
        Reading reading = await Reading.Of(new SourceOptions { Paths = [path], Order = order }, batchSize: 1024);
        Assert.Equal(40, reading.Events.Count);
        Assert.All(reading.Counts, c => Assert.InRange(c, 1, 9));
    }

    [Fact]
    public async Task A_file_of_empty_lines_says_nothing_about_the_format_of_the_others()
    {
        string[] paths = [_folder.Write("0", "\n\r\n\n"), _folder.Write("1", "{\"user\":1,\"item\":2}\n")];
        Assert.Single((await Reading.Of(new SourceOptions { Paths = [.. paths] })).Events);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_batch_ends_exactly_once_at_each_multiple_of_the_cut(LogOrder order)
    {
        Reading reading = await Reading.Of(MixedLog.In(_folder, order), batchSize: 9, cutEvery: 20);
        long[] ends = [.. reading.Positions.Select(p => p.Single.Records)];
        Assert.Equal(ends.Order().Distinct(), ends);
        Assert.Equal(Enumerable.Range(1, (int)(ends[^1] / 20)).Select(i => 20L * i), ends.Where(e => e % 20 == 0));
        Assert.All(reading.Counts, c => Assert.InRange(c, 0, 9));
        Assert.Equal(ends[^1], reading.Last.Events + reading.Last.Filtered + reading.Last.RejectedTotal);
        Assert.True(reading.Last.Filtered > 0 && reading.Last.RejectedTotal > 0);
    }

    [Fact]
    public async Task Progress_through_a_link_is_that_of_the_file()
    {
        string path = _folder.Write("r.csv", string.Concat(Enumerable.Repeat("1,2,3,4\n", 100_000))), link = Path.Combine(_folder.Root, "link.csv");
        File.CreateSymbolicLink(link, path);
        Reading reading = await Reading.Of(new SourceOptions { Paths = [link], Order = LogOrder.File }, batchSize: 1000);
        Assert.InRange(reading.Progress[0], 0.01, 0.9);
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
    public async Task Progress_grows_to_one(LogOrder order)
    {
        Reading reading = await Reading.Of(MixedLog.In(_folder, order));
        Assert.Equal(reading.Progress.Order(), reading.Progress);
        Assert.InRange(reading.Progress[0], 0, 1);
        Assert.Equal(1, reading.Progress[^1]);
    }

    public void Dispose() => _folder.Dispose();
}
