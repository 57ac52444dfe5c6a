using Streaming.Ingest.Tests.Support;
using Streaming.Shared.Data;

namespace Streaming.Ingest.Tests.Files;

public class RealLogTests
{
    [Theory]
    [InlineData("ml-latest-small/ratings.csv", "0.5..5", null, 100_836, 0)]
    [InlineData("ml-latest-small/ratings.csv", null, 5.0, 13_211, 87_625)]
    [InlineData("movietweetings/ratings-100k.dat", "0..10", null, 100_000, 0)]
    public async Task Real_logs_are_read_whole(string log, string? range, double? minimum, int events, long filtered)
    {
        string? path = SharedData.Log(log);
        if (path is null) Assert.Skip($"{log} is not here.");
        Reading reading = await Reading.Of(new SourceOptions { Paths = [path], Range = range, MinimumValue = minimum, MaxBadRatio = 0 }, batchSize: 1024);
        Assert.Equal(events, reading.Events.Count);
        Assert.Equal(filtered, reading.Last.Filtered);
        long[] times = [.. reading.Events.Select(e => long.Parse(e.Split(' ')[4]))];
        Assert.Equal(times.Order(), times);
    }
}
