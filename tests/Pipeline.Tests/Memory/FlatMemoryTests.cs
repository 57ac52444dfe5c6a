using Streaming.Host.Configuration;
using Streaming.Shared.Data;
using Xunit;

namespace Streaming.Pipeline.Tests.Memory;

/// <summary>
/// Memory is bounded: a stream in which every event brings a user and an item never seen before fills every table, and from then on takes no more;
/// what it takes is what the plan says.
/// </summary>
[Collection(nameof(Alone))]
public class FlatMemoryTests(ITestOutputHelper output)
{
    private const double Mebibyte = 1 << 20;

    [Theory]
    [InlineData("explicit.json")]
    [InlineData("ranking.json")]
    [InlineData("everything.json")]
    public async Task Ten_million_new_users_and_items_leave_memory_flat_and_as_planned(string sample)
    {
        if (Environment.GetEnvironmentVariable("STREAMING_SOAK") != "1") Assert.Skip("takes minutes: STREAMING_SOAK=1 (./test --soak) runs it");
        // The tables hold 2^20 users; they are full after that many events. The runtime still touches a page of its own now and then: tens of kilobytes in millions of events.
        (ResidentMemory memory, double planned) = await RunAsync(sample, 10_000_000, TimeSpan.FromMilliseconds(100), []);
        (double early, double earlyError, _) = memory.SlopeAfter(1_500_000);
        (double slope, double error, int samples) = memory.SlopeAfter(5_000_000);
        Say(sample, memory, planned, slope, error, samples);
        Assert.True(Math.Abs(early) < Math.Max(0.1, 3 * earlyError), $"Memory changes by {early:F3} bytes an event from 1.5 million on (standard error {earlyError:F3}).");
        Assert.True(Math.Abs(slope) < Math.Max(0.05, 3 * error), $"Memory changes by {slope:F3} bytes an event (standard error {error:F3}).");
        Assert.True(
            Math.Abs(memory.Last - planned) <= 0.1 * planned,
            $"{memory.Last / Mebibyte:F0} MiB are resident at the end; the plan says {planned / Mebibyte:F0} MiB.");
    }

    [Fact]
    public async Task Ten_million_users_held_at_once_take_what_was_planned()
    {
        if (Environment.GetEnvironmentVariable("STREAMING_SOAK") != "1") Assert.Skip("takes half a minute and 2 GB: STREAMING_SOAK=1 (./test --soak) runs it");
        const int Users = 10_000_000;
        (ResidentMemory memory, double planned) = await RunAsync(
            "../bench/pipelines/mf-only.json", Users, TimeSpan.FromMilliseconds(100), [new("Stages:mf:Users", $"{Users}"), new("Stages:mf:Factors", "32")]);
        output.WriteLine($"planned {planned / Mebibyte:F1} MiB, at most {memory.Peak / Mebibyte:F1} MiB");
        Assert.InRange(memory.Peak, 0.9 * planned, 1.1 * planned);
    }

    [Theory]
    [InlineData("explicit.json")]
    [InlineData("ranking.json")]
    [InlineData("everything.json")]
    public async Task Small_tables_hold_a_long_stream_of_new_users_and_items(string sample)
    {
        // Small enough that 100,000 events fill everything and that what the plan says is mostly the process itself.
        const int Users = 20_000, Items = 5_000;
        List<KeyValuePair<string, string?>> small = [];
        foreach (string id in ModelsOf(sample))
        {
            small.Add(new($"Stages:{id}:Users", $"{Users}"));
            small.Add(new($"Stages:{id}:Items", $"{Items}"));
            small.Add(new($"Stages:{id}:HistoryEntries", "400000"));
        }

        if (sample == "everything.json") small.Add(new("Stages:taste:Keys", $"{Users}"));
        (ResidentMemory memory, double planned) = await RunAsync(sample, 300_000, TimeSpan.FromMilliseconds(20), small);
        (double slope, double error, int samples) = memory.SlopeAfter(100_000);
        Say(sample, memory, planned, slope, error, samples);
        // The compiler is still at work on so short a stream: a megabyte or two. A user and an item that are not let go would be 48 bytes an event at least.
        Assert.True(slope < 24, $"Memory grows by {slope:F1} bytes an event (standard error {error:F1}).");
        Assert.True(memory.Last <= 1.1 * planned, $"{memory.Last / Mebibyte:F0} MiB are resident at the end; the plan says {planned / Mebibyte:F0} MiB.");
    }

    [Fact]
    public async Task Three_million_decisions_between_new_actions_leave_memory_flat_and_within_the_plan()
    {
        if (Environment.GetEnvironmentVariable("STREAMING_SOAK") != "1") Assert.Skip("takes minutes: STREAMING_SOAK=1 (./test --soak) runs it");
        // Ten thousand actions are known at a time; they have few features, so that the matrices stay below their bound.
        (ResidentMemory memory, double planned) = await RunAsync("bandit.json", 3_000_000, TimeSpan.FromMilliseconds(100), []);
        (double slope, double error, int samples) = memory.SlopeAfter(1_000_000);
        Say("bandit.json", memory, planned, slope, error, samples);
        Assert.True(Math.Abs(slope) < Math.Max(0.2, 3 * error), $"Memory changes by {slope:F3} bytes a decision (standard error {error:F3}).");
        Assert.True(memory.Last <= 1.1 * planned, $"{memory.Last / Mebibyte:F0} MiB are resident at the end; the plan says {planned / Mebibyte:F0} MiB.");
    }

    private static async Task<(ResidentMemory Memory, double Planned)> RunAsync(string sample, long events, TimeSpan interval, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("reads the resident memory of another process from /proc");
        string pipeline = Path.Combine(SharedData.Root, "samples", sample);
        List<KeyValuePair<string, string?>> all = [new("Source:Order", "file"), new("Source:Join:MaxBytes", "65536"), .. settings]; // nothing waits
        if (sample == "everything.json") all.AddRange([new("Stages:lin-ucb:Dimensions", "32"), new("Stages:lin-ucb:MaxBytes", "1048576")]); // ratings: nothing is decided
        double planned = PipelineConfiguration.Load(new ConfigurationLayers(pipeline, all) { Logs = ["-"] }).Plan.TotalBytes;
        return (await FedProgram.RunAsync(pipeline, sample == "bandit.json", events, interval, all), planned);
    }

    private static IEnumerable<string> ModelsOf(string sample) => sample switch
    {
        "explicit.json" => ["baseline", "funk", "mf"],
        "ranking.json" => ["isgd", "popularity"],
        _ => ["baseline", "isgd", "mf", "popularity"],
    };

    private void Say(string sample, ResidentMemory memory, double planned, double slope, double error, int samples) =>
        output.WriteLine(
            $"{sample}: planned {planned / Mebibyte:F1} MiB, resident at the end {memory.Last / Mebibyte:F1} MiB, at most {memory.Peak / Mebibyte:F1} MiB, "
            + $"{slope:F3} bytes an event (standard error {error:F3}, {samples} samples)");
}
