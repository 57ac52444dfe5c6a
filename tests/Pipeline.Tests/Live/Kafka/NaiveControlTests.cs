using Streaming.Shared.Kafka;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>
/// The control: kills that make a consumer count wrong which lets the client commit, and saves its state when it likes. A worker under the same kills counts every record once. So
/// the other tests of kills test something.
/// </summary>
public class NaiveControlTests
{
    private const int Kills = 3;
    private const int Wave = 4000;

    [Fact]
    public async Task Kills_that_make_automatic_commits_count_twice_do_nothing_to_a_worker()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using TopicWriter writer = new(cluster.Bootstrap);
        using KafkaWorker worker = new(cluster, "worker");
        NaiveCounter naive = new(cluster.Bootstrap);
        int sent = 0;
        for (int kill = 0; kill < Kills; kill++, sent += Wave)
        {
            int seen = sent + (Wave / 2);
            using StreamingProcess process = worker.Start();
            writer.SendRatings("events", 1, sent, Wave);
            naive.RunAndDie(Wave / 2);
            await worker.UntilAsync(process, [seen]);
            process.Kill();
            Assert.Equal(StreamingProcess.Killed, (await process.EndAsync()).Code);
        }

        naive.RunToEnd();
        await worker.RunAsync([sent]);
        SortedDictionary<string, long> truth = Count(Enumerable.Range(0, sent).Select(i => $"i{i % 31}"));
        Assert.Equal(truth, Count(EventsFile.Items(worker.EventsOf(0))));
        Assert.Equal(truth.Keys, naive.Saved.Keys.Order(StringComparer.Ordinal));
        Assert.All(truth, t => Assert.True(naive.Saved[t.Key] > t.Value, $"{t.Key} is there {t.Value} times and was counted {naive.Saved[t.Key]} times."));
    }

    private static SortedDictionary<string, long> Count(IEnumerable<string> items)
    {
        SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (string item in items) counts[item] = counts.GetValueOrDefault(item) + 1;
        return counts;
    }
}
