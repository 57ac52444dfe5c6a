using System.Globalization;
using System.Text;
using System.Text.Json;
using Streaming.Abstractions.Randomness;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Pipeline.Tests.Resume;

/// <summary>A log in which a stage is reset: it begins anew there, in every run, and a run that is killed around that ends as one that was not.</summary>
public sealed class ResetRunTests : IDisposable
{
    private const int Events = 9_000;
    private const int Reset = 4_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_that_is_killed_around_a_reset_ends_as_if_nothing_had_happened()
    {
        (string, string)[] settings = Settings("log.jsonl", 0, Reset, 8_500);
        using ResumableRun whole = new("explicit.json", settings);
        string summary = await whole.RunAsync(resume: false);
        byte[] events = await File.ReadAllBytesAsync(whole.EventsFile, TestContext.Current.CancellationToken), snapshot = whole.NewestSnapshot();
        using ResumableRun plain = new("explicit.json", [.. settings, ("Source:BatchSize", "37")]);
        Assert.Equal(summary, await plain.RunAsync(resume: false, synchronous: true));
        Assert.True(plain.WroteEvents(events));
        CounterRng rng = new(9, 3);
        for (int k = 0; k < 6; k++)
        {
            using ResumableRun run = new("explicit.json", settings);
            bool resume = false;
            for (int kill = 0; kill < 3; kill++)
            {
                // The resets are in the 16th and the 34th of 37 batches.
                Assert.True(await run.KillAsync(kill == 0 ? 13 + k : (int)rng.NextBelow(6) + 5, resume));
                resume = run.HasSnapshot;
            }

            Assert.Equal(summary, await run.RunAsync(resume));
            Assert.True(run.WroteEvents(events), "the per-event output differs");
            Assert.True(snapshot.AsSpan().SequenceEqual(run.NewestSnapshot()), "the last snapshot differs");
        }
    }

    [Theory]
    [InlineData("file")]
    [InlineData("time")]
    public async Task A_stage_that_is_reset_is_as_one_that_begins_there_and_the_others_go_on(string order)
    {
        using ResumableRun reset = new("explicit.json", [.. Settings("reset.jsonl", 0, Reset), ("Source:Order", order)]);
        using ResumableRun without = new("explicit.json", [.. Settings("without.jsonl", 0), ("Source:Order", order)]);
        using ResumableRun tail = new("explicit.json", [.. Settings("tail.jsonl", Reset), ("Source:Order", order)]);
        foreach (ResumableRun run in (ResumableRun[])[reset, without, tail]) await run.RunAsync(resume: false);
        string[] expected = [.. Of("mf", without)[..Reset], .. Of("mf", tail)];
        Assert.Equal(expected, Of("mf", reset));
        Assert.NotEqual(expected, Of("mf", without));
        Assert.Equal(Of("funk", without), Of("funk", reset));
    }

    /// <summary>What a stage said of each event.</summary>
    private static string[] Of(string stage, ResumableRun run) =>
        [.. File.ReadLines(run.EventsFile).Select(line =>
        {
            using JsonDocument e = JsonDocument.Parse(line);
            JsonElement stages = e.RootElement.TryGetProperty("stages", out JsonElement nested) ? nested : e.RootElement;
            return stages.GetProperty(stage).GetRawText();
        })];

    private (string, string)[] Settings(string name, int first, params int[] resets)
    {
        string log = _folder.File(name);
        StringBuilder lines = new();
        for (int i = first; i < Events; i++)
        {
            if (resets.Contains(i)) lines.Append("{\"control\":\"reset\",\"stage\":\"mf\"}\n");
            lines.Append(CultureInfo.InvariantCulture, $$"""{"user":"u{{i * 31 % 101}}","item":"i{{i * 17 % 53}}","value":{{1 + (i * 7 % 5)}},"ts":{{1000 + i}}}""").Append('\n');
        }

        File.WriteAllText(log, lines.ToString());
        return [("Source:Type", "file"), ("Source:Paths:0", log), ("Source:Order", "file")];
    }
}
