using System.Globalization;
using System.Text;
using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Joining;
using Streaming.Ingest.Tests.Support;
using Streaming.Shared.Data;

namespace Streaming.Ingest.Tests.Joining;

/// <summary>Late rewards in logs, from the file to the stream.</summary>
public sealed class LateRewardLogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<LogOrder> Orders => [LogOrder.Time, LogOrder.File];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Every_record_becomes_an_event_a_reward_or_a_rejection(LogOrder order)
    {
        Reading reading = await Reading.Of(Log(order, 400), batchSize: 16);
        PartitionPosition end = reading.Last;
        Assert.Equal(400, end.Records);
        Assert.Equal(end.Records, end.Events + end.Join.Rewards + end.RejectedTotal);
        Assert.Equal(reading.Events.Count, end.Events);
        Assert.Equal(reading.Rejections.Count, end.RejectedTotal);
        Assert.True(end.Join is { Rewards: > 20, Decisions: > 50, Defaulted: > 5, ClosedEarly: 0 }, end.Join.ToString());
        Assert.InRange(end.Rejected[(int)RejectionReason.OrphanReward], 4, 100);
        Assert.InRange(end.Rejected[(int)RejectionReason.DuplicateReward], 1, 100);
        Assert.InRange(end.Rejected[(int)RejectionReason.DuplicateDecision], 1, 100);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Batches_and_cuts_change_nothing_and_a_resume_from_any_of_them_goes_on(LogOrder order)
    {
        SourceOptions options = Log(order, 150);
        Reading whole = await Reading.Of(options, batchSize: 5, cutEvery: 20);
        foreach (int size in (int[])[1, 64])
        {
            Reading other = await Reading.Of(options, size);
            Assert.Equal(whole.Events, other.Events);
            Assert.Equal(whole.Rejections.Order(), other.Rejections.Order());
            Assert.Equal(MixedLog.State(whole.Positions[^1]), MixedLog.State(other.Positions[^1]));
        }

        Assert.Equal([20, 40, 60, 80, 100, 120, 140], whole.Positions.Select(p => p.Single.Records).Where(r => r % 20 == 0).Distinct());
        for (int i = 0; i < whole.Positions.Count; i++)
        {
            Reading rest = await Reading.Of(options, batchSize: 5, cutEvery: 20, from: whole.Positions[i], held: whole.Held[i]);
            Assert.Equal(whole.Events.Skip(whole.Sums[i].Events), rest.Events);
            Assert.Equal(whole.Rejections.Skip(whole.Sums[i].Rejections), rest.Rejections);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_limit_ends_the_same_stream_whatever_the_batches_and_leaves_nothing_out(LogOrder order)
    {
        SourceOptions options = Log(order, 150);
        for (int limit = 1; limit < 150; limit++)
        {
            Reading one = await Reading.Of(options, batchSize: 1, limit: limit), whole = await Reading.Of(options, batchSize: 1024, limit: limit);
            Assert.Equal(whole.Events, one.Events);
            Assert.Equal(limit, one.Last.Records);
            Assert.Equal(limit, one.Last.Events + one.Last.Join.Rewards + one.Last.RejectedTotal);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_resume_beyond_a_limit_joins_what_comes_after_it(LogOrder order)
    {
        SourceOptions options = Log(order, 400);
        Reading whole = await Reading.Of(options), begun = await Reading.Of(options, limit: 50);
        Reading rest = await Reading.Of(options, from: begun.Positions[^1], held: begun.Held[^1]);
        Assert.Equal(400, rest.Last.Records);
        Assert.InRange(whole.Last.Join.Rewards - rest.Last.Join.Rewards, 0, 10); // but for windows that the limit closed
        Assert.Equal(400, rest.Last.Events + rest.Last.Join.Rewards + rest.Last.RejectedTotal);
    }

    [Fact]
    public async Task A_raw_read_shows_rewards_as_the_records_they_are()
    {
        SourceOptions options = Log(LogOrder.File, 100);
        using BatchPool pool = new(2, 32, 0, 0);
        await using IEventSource source = SourceFactory.Create(options, new EntityKeyCodec(1));
        List<EventKind> kinds = [];
        await foreach (BatchLease lease in source.ReadAsync(new SourcePosition(), new SourceContext(pool, 32, Raw: true), default))
        {
            foreach (ref readonly Event e in lease.Batch.Events) kinds.Add(e.Kind);
            lease.Release();
        }

        Assert.Equal(100, kinds.Count);
        Assert.True(kinds.Count(k => k == EventKind.Outcome) > 20);
    }

    /// <summary>
    /// A hundred decisions of a real service, each with one to five rewards: joined by hand, the label is minus the cost that the service itself gave the
    /// decision, and the order in which all of it arrives within the window does not matter.
    /// </summary>
    [Fact]
    public async Task The_labels_of_a_real_log_are_found_again_whatever_the_order_of_arrival()
    {
        string? log = SharedData.Log("late-rewards/average_reward_100_interactions.json");
        if (log is null) Assert.Skip("there is no late-rewards/average_reward_100_interactions.json");
        List<string> lines = [];
        Dictionary<string, double> costs = [];
        foreach (string line in File.ReadLines(log))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            string id = root.GetProperty("EventId").GetString()!;
            DateTimeOffset time = root.GetProperty("Timestamp").GetDateTimeOffset();
            costs.Add(id, root.GetProperty("_label_cost").GetDouble());
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"ts":"{{time:O}}","decision":"{{id}}","user":"{{id}}","actions":["1","2"],"chosen":{{root.GetProperty("_labelIndex").GetInt32()}},"propensity":{{root.GetProperty("_label_probability").GetDouble()}}}"""));
            int late = 0;
            foreach (JsonElement seen in root.GetProperty("o").EnumerateArray())
                lines.Add(string.Create(CultureInfo.InvariantCulture, $$"""{"ts":"{{time.AddSeconds(++late):O}}","decision":"{{id}}","reward":{{seen.GetProperty("v").GetDouble()}}}"""));
        }

        Assert.Equal(100, costs.Count);
        CounterRng rng = new(7, 7);
        List<string> first = [];
        for (int round = 0; round < 5; round++)
        {
            SourceOptions options = new()
            {
                Paths = [_folder.Write($"{round}.jsonl", string.Join('\n', lines))],
                Order = LogOrder.File,
                Join = new JoinOptions { WindowSeconds = 86_400, Aggregate = RewardAggregate.Mean },
            };
            Reading reading = await Reading.Of(options);
            Assert.Empty(reading.Rejections);
            List<string> labels = [.. reading.Events.Select(e => string.Join(' ', e.Split(' ')[1..4])).Order(StringComparer.Ordinal)];
            Assert.Equal(100, labels.Count);
            int equal = labels.Select(l => l.Split(' ')).Count(l => Math.Abs(double.Parse(l[2], CultureInfo.InvariantCulture) + costs[l[0]]) < 1e-6); // the log's costs are in single precision
            Assert.Equal(100, equal);
            if (round == 0) first = labels;
            Assert.Equal(first, labels);
            for (int i = lines.Count - 1; i > 0; i--)
            {
                int j = (int)rng.NextBelow((ulong)i + 1);
                (lines[i], lines[j]) = (lines[j], lines[i]);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A log in time order: interactions, decisions with and without reward, rewards in time and too late, for known and unknown decisions.</summary>
    private SourceOptions Log(LogOrder order, int records)
    {
        CounterRng rng = new(3, 3);
        StringBuilder log = new();
        long seconds = 1_600_000_000;
        int decisions = 0;
        for (int i = 0; i < records; i++)
        {
            seconds += (long)rng.NextBelow(6);
            string decision = $"d{Math.Max(1, decisions - (int)rng.NextBelow(8))}";
            log.AppendLine(rng.NextBelow(10) switch
            {
                < 3 => $$"""{"ts":{{seconds}},"user":"u{{i % 7}}","item":"i{{i % 5}}","value":3}""",
                < 6 => $$"""{"ts":{{seconds}},"decision":"d{{++decisions}}","user":"u{{i % 7}}","actions":[{"id":"a","x":[1,{{i}}]},{"id":"b","features":{"hot":true} }],"chosen":1,"propensity":0.25}""",
                6 => $$"""{"ts":{{seconds}},"decision":"{{decision}}","actions":["a","b"],"chosen":0,"propensity":1}""",
                _ => $$"""{"ts":{{seconds}},"decision":"{{decision}}","reward":{{rng.NextBelow(5)}},"id":{{rng.NextBelow(3)}}}""",
            });
        }

        return new SourceOptions { Paths = [_folder.Write("log.jsonl", log.ToString())], Order = order, MaxBadRatio = 0, Join = new JoinOptions { WindowSeconds = 30 } };
    }
}
