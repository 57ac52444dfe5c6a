using Streaming.Abstractions.Randomness;
using Streaming.Shared.Data;
using Xunit;

namespace Streaming.Pipeline.Tests.Resume;

/// <summary>
/// The test that matters: run to the end; run again, pull the plug, resume; the output, the summary and the bytes of the last snapshot are the same.
/// </summary>
public class KillAndResumeTests
{
    private static readonly (string, string)[] Small = [("Source:Synthetic:Events", "12000")];

    public static TheoryData<string> Pipelines => [.. Directory.EnumerateFiles(Path.Combine(SharedData.Root, "samples"), "*.json").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task A_killed_run_that_is_resumed_ends_as_if_nothing_had_happened(string pipeline)
    {
        using ResumableRun whole = new(pipeline, Small);
        string summary = await whole.RunAsync(resume: false);
        byte[] events = await File.ReadAllBytesAsync(whole.EventsFile), snapshot = whole.NewestSnapshot();
        CounterRng rng = new(7, 1);
        for (int k = 0; k < 6; k++)
        {
            using ResumableRun run = new(pipeline, Small);
            bool resume = false;
            for (int kill = 0; kill < 3; kill++)
            {
                Assert.True(await run.KillAsync((int)rng.NextBelow(12) + 2, resume));
                resume = run.HasSnapshot;
            }

            Assert.Equal(summary, await run.RunAsync(resume));
            Assert.True(run.WroteEvents(events), "the per-event output differs");
            Assert.True(snapshot.SequenceEqual(run.NewestSnapshot()), "the last snapshot differs");
        }
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task The_graph_the_plain_loop_and_any_batch_size_give_the_same_numbers(string pipeline)
    {
        using ResumableRun graph = new(pipeline, Small), plain = new(pipeline, Small), tiny = new(pipeline, [.. Small, ("Source:BatchSize", "1")]);
        string summary = await graph.RunAsync(resume: false);
        Assert.Equal(summary, await plain.RunAsync(resume: false, synchronous: true));
        Assert.Equal(summary, await tiny.RunAsync(resume: false));
        byte[] events = await File.ReadAllBytesAsync(graph.EventsFile);
        Assert.True(plain.WroteEvents(events));
        Assert.True(tiny.WroteEvents(events));
    }

    [Fact]
    public async Task Resuming_a_run_that_had_ended_changes_nothing()
    {
        using ResumableRun run = new("explicit.json", Small);
        string summary = await run.RunAsync(resume: false);
        byte[] events = await File.ReadAllBytesAsync(run.EventsFile);
        Assert.Equal(summary, await run.RunAsync(resume: true));
        Assert.True(run.WroteEvents(events));
    }

    [Fact]
    public async Task A_challenger_can_be_added_on_resume_and_it_is_said()
    {
        using ResumableRun first = new("explicit.json", [.. Small, ("Source:Limit", "9000")]);
        await first.RunAsync(resume: false);
        // The same folder and log, another pipeline: one more stage, and on to the end.
        using ResumableRun second = new("explicit.json", [.. Small, ("Stages:challenger:Type", "biased-mf"), ("Snapshots:Directory", Path.Combine(Path.GetDirectoryName(first.EventsFile)!, "snapshots")),
            ("Sinks:events:File", first.EventsFile)]);
        string summary = await second.RunAsync(resume: true);
        Assert.Contains("challenger", summary, StringComparison.Ordinal);
        Assert.Contains("\"events\": 12000", summary, StringComparison.Ordinal);
        Assert.Contains(second.Said, s => s.StartsWith("'challenger' is not in snapshot", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_shape_is_refused_with_the_stage_the_option_and_both_values()
    {
        using ResumableRun first = new("explicit.json", Small);
        await first.RunAsync(resume: false);
        using ResumableRun second = new("explicit.json", [.. Small, ("Stages:mf:Factors", "12"), ("Snapshots:Directory", Path.Combine(Path.GetDirectoryName(first.EventsFile)!, "snapshots"))]);
        Streaming.Abstractions.State.StateMismatchException refused = await Assert.ThrowsAsync<Streaming.Abstractions.State.StateMismatchException>(() => second.RunAsync(resume: true));
        Assert.Contains("'mf'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("factors = 10", refused.Message, StringComparison.Ordinal);
        Assert.Contains("12", refused.Message, StringComparison.Ordinal);
    }
}
