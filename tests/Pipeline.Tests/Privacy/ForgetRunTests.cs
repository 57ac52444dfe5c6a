using System.Text;
using Streaming.Abstractions.Randomness;
using Streaming.Pipeline.Tests.Resume;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Pipeline.Tests.Privacy;

/// <summary>A user who is forgotten in the stream leaves it whole, and a run that is killed around that ends as one that was not.</summary>
public sealed class ForgetRunTests : IDisposable
{
    private const int Events = 9_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("file")]
    [InlineData("time")]
    public async Task A_run_that_is_killed_around_tombstones_ends_as_if_nothing_had_happened(string order)
    {
        (string, string)[] settings = Settings(order);
        using ResumableRun whole = new("explicit.json", settings);
        string summary = await whole.RunAsync(resume: false);
        byte[] events = await File.ReadAllBytesAsync(whole.EventsFile, TestContext.Current.CancellationToken), snapshot = whole.NewestSnapshot();
        Assert.Equal(-1, snapshot.AsSpan().IndexOf(Encoding.UTF8.GetBytes(ForgottenStream.Gone)));
        Assert.True(snapshot.AsSpan().IndexOf("someone-7@example.com"u8) >= 0);
        Assert.True(snapshot.AsSpan().IndexOf(Encoding.UTF8.GetBytes(ForgottenStream.Returning)) >= 0);
        // What came before the tombstone was printed with the name, whatever the threads did.
        Assert.True(events.AsSpan().IndexOf(Encoding.UTF8.GetBytes(ForgottenStream.Gone)) >= 0);
        Assert.Equal(-1, events.AsSpan().IndexOf("\"#"u8));
        using ResumableRun plain = new("explicit.json", settings);
        Assert.Equal(summary, await plain.RunAsync(resume: false, synchronous: true));
        Assert.True(plain.WroteEvents(events));
        CounterRng rng = new(9, 2);
        for (int k = 0; k < 4; k++)
        {
            using ResumableRun run = new("explicit.json", settings);
            bool resume = false;
            for (int kill = 0; kill < 3; kill++)
            {
                // The last tombstones are in the 18th and the 30th of 36 batches.
                Assert.True(await run.KillAsync(kill == 0 ? 19 + k : (int)rng.NextBelow(6) + 5, resume));
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
    public async Task A_replay_learns_nothing_of_who_is_on_the_list(string order)
    {
        (string, string)[] settings = Settings(order);
        string list = _folder.File("forgotten.jsonl");
        await File.WriteAllTextAsync(list, $"{{\"user\":\"{ForgottenStream.Gone}\",\"until\":\"2026-01-01\"}}\n{{\"user\":\"{ForgottenStream.Returning}\",\"until\":4000}}\n", TestContext.Current.CancellationToken);
        using ResumableRun without = new("explicit.json", settings), with = new("explicit.json", [.. settings, ("Privacy:Forgotten", list)]);
        await without.RunAsync(resume: false);
        await with.RunAsync(resume: false);
        string[] kept = await File.ReadAllLinesAsync(with.EventsFile, TestContext.Current.CancellationToken);
        string[] expected = [.. (await File.ReadAllLinesAsync(without.EventsFile, TestContext.Current.CancellationToken)).Where(l => !IsForgotten(l)).Select(Place)];
        Assert.True(expected.Length < Events - 100);
        Assert.Equal(expected, kept.Select(Place));
        Assert.DoesNotContain(kept, l => l.Contains(ForgottenStream.Gone, StringComparison.Ordinal) || l.Contains(ForgottenStream.Returning, StringComparison.Ordinal));
        Assert.Equal(-1, with.NewestSnapshot().AsSpan().IndexOf(Encoding.UTF8.GetBytes(ForgottenStream.Gone)));
        Assert.Equal(-1, with.NewestSnapshot().AsSpan().IndexOf(Encoding.UTF8.GetBytes(ForgottenStream.Returning)));
    }

    [Fact]
    public async Task A_list_that_grew_is_another_log_in_time_order_and_the_same_in_the_order_of_the_files()
    {
        foreach (string order in (string[])["file", "time"])
        {
            string list = _folder.File($"list-{order}.jsonl");
            using ResumableRun run = new("explicit.json", [.. Settings(order), ("Privacy:Forgotten", list)]);
            Assert.True(await run.KillAsync(20, resume: false));
            Assert.True(run.HasSnapshot);
            await File.WriteAllTextAsync(list, "{\"user\":\"someone-9@example.com\",\"until\":\"2026-01-01\"}\n", TestContext.Current.CancellationToken);
            if (order == "file")
            {
                Assert.Contains("\"filtered\": ", await run.RunAsync(resume: true), StringComparison.Ordinal);
                continue;
            }

            Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => run.RunAsync(resume: true));
            Assert.Contains("Privacy:Forgotten", refused.ToString(), StringComparison.Ordinal);
        }
    }

    private (string, string)[] Settings(string order)
    {
        string log = _folder.File("log.jsonl");
        ForgottenStream.Write(log, Events);
        return
        [
            ("Source:Type", "file"), ("Source:Paths:0", log), ("Source:Order", order),
            ("Stages:user-window:Type", "count-window"), ("Stages:user-window:Key", "user"), ("Stages:user-window:Size", "20"),
            ("Stages:loud:Type", "space-saving"), ("Stages:loud:Key", "user"),
        ];
    }

    private static bool IsForgotten(string line) =>
        line.Contains(ForgottenStream.Gone, StringComparison.Ordinal) || (line.Contains(ForgottenStream.Returning, StringComparison.Ordinal) && OffsetOf(line) < 3000);

    // Times run from 1000 on, one an event; the control records between them have offsets too.
    private static int OffsetOf(string line)
    {
        System.Text.Json.Nodes.JsonNode e = System.Text.Json.Nodes.JsonNode.Parse(line)!;
        return (int)((DateTimeOffset.Parse((string)e["ts"]!, System.Globalization.CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).TotalSeconds - 1000.5);
    }

    private static string Place(string line) => System.Text.Json.Nodes.JsonNode.Parse(line)!["offset"]!.ToJsonString();
}
