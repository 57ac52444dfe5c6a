using Streaming.Abstractions.Sources;
using Streaming.Ingest.Synthetic;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Synthetic;

public sealed class SyntheticSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(LogShape.Movielens, "movielens")]
    [InlineData(LogShape.Csv, "movielens")]
    [InlineData(LogShape.Tsv, "movielens")]
    [InlineData(LogShape.Jsonl, "jsonl")]
    [InlineData(LogShape.Csv, "csv")]
    public async Task The_written_log_read_back_is_the_stream_itself(LogShape shape, string format)
    {
        SourceOptions direct = Options();
        string path = Path.Combine(_folder.Root, "log");
        using (FileStream file = File.Create(path)) Assert.Equal(LogWriter.Write(direct.Synthetic.Type.Create(direct.Synthetic.Generator, shape), file), file.Length);
        Reading generated = await Reading.Of(direct);
        Assert.Equal(3000, generated.Events.Count);
        foreach (LogOrder order in Enum.GetValues<LogOrder>())
        {
            foreach (string? name in (string?[])[null, format])
            {
                Reading read = await Reading.Of(new SourceOptions { Paths = [path], Format = name, Order = order, MaxBadRatio = 0 });
                Assert.Equal(generated.Events, read.Events);
            }
        }
    }

    [Theory]
    [InlineData("ratings")]
    [InlineData("recsys")]
    [InlineData("bandit")]
    public async Task Records_are_judged_as_those_of_a_file_with_their_lines_and_bytes(string kind)
    {
        SourceOptions direct = Options(kind);
        string path = Path.Combine(_folder.Root, "log.jsonl");
        using (FileStream log = File.Create(path)) LogWriter.Write(direct.Synthetic.Type.Create(direct.Synthetic.Generator, LogShape.Jsonl), log);
        SourceOptions file = new() { Paths = [path], Format = "jsonl", Order = LogOrder.File };
        foreach (SourceOptions options in (SourceOptions[])[direct, file])
        {
            options.MaxBadRatio = 1;
            if (kind == "ratings") (options.MinimumValue, options.Range) = (2, "0..4.5");
        }

        Reading generated = await Reading.Of(direct, cutEvery: 100), read = await Reading.Of(file, cutEvery: 100);
        Assert.Equal(read.Events, generated.Events);
        Assert.Equal(read.Rejections, generated.Rejections);
        Assert.Equal(read.Counts, generated.Counts);
        Assert.Equal(3000, read.Last.Records);
        if (kind == "ratings") Assert.NotEmpty(read.Rejections);
    }

    [Theory]
    [InlineData("recsys", false)]
    [InlineData("recsys", true)]
    [InlineData("bandit", false)]
    public async Task A_resume_of_any_generator_goes_on_with_its_next_record(string kind, bool late)
    {
        SourceOptions options = Options(kind);
        options.MaxBadRatio = 1;
        if (options.Synthetic.Generator is RecsysOptions recsys) recsys.LateRewards = late;
        Reading whole = await Reading.Of(options, batchSize: 50, cutEvery: 333);
        Assert.InRange(whole.Last.Records, late ? 3001 : 3000, late ? 3200 : 3000);
        for (int i = 0; i < whole.Positions.Count; i += 11)
        {
            Reading rest = await Reading.Of(options, batchSize: 64, from: whole.Positions[i], held: whole.Held[i]);
            Assert.Equal(whole.Events.Skip(whole.Sums[i].Events), rest.Events);
            Assert.Equal(whole.Rejections.Skip(whole.Sums[i].Rejections), rest.Rejections);
        }
    }

    [Fact]
    public async Task A_resume_from_any_batch_goes_on_as_if_nothing_had_happened()
    {
        SourceOptions options = Options();
        (options.MinimumValue, options.Range, options.MaxBadRatio) = (2, "0..4.5", 1);
        Reading whole = await Reading.Of(options, batchSize: 50, cutEvery: 333);
        Assert.True(whole.Last.Filtered > 0 && whole.Rejections.Count > 0);
        Assert.Equal(3000, whole.Last.Records);
        Assert.Equal([333, 666, 999, 1332, 1665, 1998, 2331, 2664, 2997], whole.Positions.Select(p => p.Single.Records).Where(r => r % 333 == 0));
        for (int i = 0; i < whole.Positions.Count; i += 7)
        {
            Reading rest = await Reading.Of(options, batchSize: 64, from: whole.Positions[i], held: whole.Held[i]);
            Assert.Equal(whole.Events.Skip(whole.Sums[i].Events), rest.Events);
            Assert.Equal(whole.Rejections.Skip(whole.Sums[i].Rejections), rest.Rejections);
        }
    }

    [Fact]
    public async Task Another_log_than_the_snapshots_is_refused()
    {
        SourceOptions options = Options();
        SourcePosition position = (await Reading.Of(options)).Positions[3];
        options.MinimumValue = 2;
        Assert.Contains("Source:MinimumValue", (await Reading.Of(options, from: position, expectFailure: true)).Failure!.Message);
        options.MinimumValue = null;
        ((RatingsOptions)options.Synthetic.Generator).NoiseDeviation = 0.7;
        Assert.IsType<SourceException>((await Reading.Of(options, from: position, expectFailure: true)).Failure);
        options.Synthetic = new SyntheticOptions(GeneratorCatalogue.Find("bandit")!);
        Assert.IsType<SourceException>((await Reading.Of(options, from: position, expectFailure: true)).Failure);
    }

    [Fact]
    public async Task A_limit_ends_the_stream()
    {
        Reading some = await Reading.Of(Options(), batchSize: 64, limit: 100);
        Assert.Equal(100, some.Events.Count);
        Assert.Equal(1, some.Progress[^1]);
    }

    public void Dispose() => _folder.Dispose();

    private static SourceOptions Options(string kind = "ratings")
    {
        SourceOptions options = new() { Type = SourceKind.Synthetic, Synthetic = new SyntheticOptions(GeneratorCatalogue.Find(kind)!) };
        (options.Synthetic.Generator.Events, options.Synthetic.Generator.SecondsBetween) = (3000, 0.4);
        return options;
    }
}
