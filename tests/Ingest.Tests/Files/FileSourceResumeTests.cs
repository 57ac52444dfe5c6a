using Streaming.Abstractions.Sources;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Files;

/// <summary>Going on from a position, and refusing to where the log is another.</summary>
public sealed class FileSourceResumeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<LogOrder> Orders => [LogOrder.Time, LogOrder.File];

    [Theory]
    [InlineData(LogOrder.Time, false)]
    [InlineData(LogOrder.File, false)]
    [InlineData(LogOrder.Time, true)]
    [InlineData(LogOrder.File, true)]
    public async Task A_resume_from_any_batch_goes_on_as_if_nothing_had_happened(LogOrder order, bool compressed)
    {
        SourceOptions options = MixedLog.In(_folder, order, compressed);
        Reading whole = await Reading.Of(options, batchSize: 9, cutEvery: 25);
        for (int i = 0; i < whole.Positions.Count; i++)
        {
            Reading rest = await Reading.Of(options, batchSize: 9, cutEvery: 25, from: whole.Positions[i]);
            Assert.Equal(whole.Events.Skip(whole.Sums[i].Events), rest.Events);
            Assert.Equal(whole.Rejections.Skip(whole.Sums[i].Rejections), rest.Rejections);
            Assert.Equal(whole.Positions.Skip(i + 1).Select(MixedLog.State), rest.Positions.Select(MixedLog.State));
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_resume_with_other_options_or_another_later_file_is_refused(LogOrder order)
    {
        SourcePosition position = (await Reading.Of(MixedLog.In(_folder, order))).Positions[5];
        SourceOptions minimum = MixedLog.In(_folder, order), range = MixedLog.In(_folder, order), other = MixedLog.In(_folder, order);
        SourceOptions reward = MixedLog.In(_folder, order), format = MixedLog.In(_folder, order);
        (minimum.MinimumValue, range.Range, reward.RewardRange, format.Format) = (3, "0..4", "0..1", "jsonl");
        byte[] last = File.ReadAllBytes(other.Paths[2]);
        Assert.NotEmpty((await Reading.Of(MixedLog.In(_folder, order), from: position)).Events);
        Assert.Contains("MinimumValue", (await Reading.Of(minimum, from: position, expectFailure: true)).Failure!.Message);
        Assert.Contains("Range", (await Reading.Of(range, from: position, expectFailure: true)).Failure!.Message);
        Assert.Contains("Source:RewardRange", (await Reading.Of(reward, from: position, expectFailure: true)).Failure!.Message);
        Assert.Contains("Source:Format", (await Reading.Of(format, from: position, expectFailure: true)).Failure!.Message);
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

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_log_that_changed_since_the_snapshot_is_refused(LogOrder order)
    {
        SourceOptions options = MixedLog.In(_folder, order);
        SourcePosition position = (await Reading.Of(options)).Positions[5];
        File.AppendAllText(options.Paths[1], "1,2,3,4\n");
        Assert.Contains("has changed since the snapshot", (await Reading.Of(options, from: position, expectFailure: true)).Failure!.Message);
    }

    public void Dispose() => _folder.Dispose();
}
