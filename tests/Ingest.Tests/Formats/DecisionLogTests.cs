using System.Globalization;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Files;
using Streaming.Ingest.Formats;
using Streaming.Shared.Data;

namespace Streaming.Ingest.Tests.Formats;

/// <summary>Real logs of decisions, told by their content and read whole.</summary>
public class DecisionLogTests
{
    /// <summary>The value of the uniform policy by inverse propensities is public: Open Bandit Pipeline computes the same of these files.</summary>
    [Theory]
    [InlineData("obd-men/bts.csv", 0.0030086263272564827)]
    [InlineData("obd-men/random.csv", 0.0046)]
    public void An_open_bandit_log_gives_the_published_value_of_the_uniform_policy(string log, double expected)
    {
        double sum = 0;
        int events = 0;
        (string format, Dictionary<string, int> counts) = Read(log, (e, batch) =>
        {
            sum += e.Value / 34 / e.Propensity;
            events++;
            Assert.Equal((34, 5), (e.Actions.Length, e.Features.Length));
            Assert.Equal(batch.Actions[e.Actions][e.Chosen].Id, e.Item);
        });
        Assert.Equal(("obd", 10_000), (format, Assert.Single(counts).Value));
        Assert.Equal(expected, sum / events, 1e-9);
    }

    [Theory]
    [InlineData("vw/decisionservice.json", "dsjson", "3 Decision")]
    [InlineData("vw/dsjson_cb.json", "dsjson", "23 Decision")]
    [InlineData("vw/cb_simple_pdrop.json", "dsjson", "1 Decision")]
    [InlineData("vw/b1848_dsjson_parser_regression.txt", "dsjson", "6 Outcome, 1 malformed, 1 nothing")]
    [InlineData("vw/cb_test.ldf", "vw", "2 Decision, 1 Query")]
    [InlineData("vw/cb_test_medium.ldf", "vw", "10 Decision, 5 Query")]
    [InlineData("late-rewards/average_reward_100_interactions.json", "dsjson", "100 Decision")]
    [InlineData("late-rewards/cb_deferred_actions_w_activations_and_apprentice_10.json", "dsjson", "7 Decision")]
    public void A_log_of_vowpal_wabbit_is_read_whole(string log, string expectedFormat, string expected)
    {
        (string format, Dictionary<string, int> counts) = Read(log, (e, _) => Assert.True(e.Kind != EventKind.Decision || double.IsFinite(e.Value)));
        Assert.Equal(expectedFormat, format);
        Assert.Equal(expected, string.Join(", ", counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Value} {c.Key}")));
    }

    private delegate void Check(Event e, EventBatch batch);

    /// <summary>Reads a log record by record; gives the format, and how many records became what.</summary>
    private static (string Format, Dictionary<string, int> Counts) Read(string log, Check check)
    {
        string? path = SharedData.Log(log);
        if (path is null) Assert.Skip($"{log} is not here.");
        byte[] bytes = File.ReadAllBytes(path);
        IEventFormat? format = FormatDetector.Detect(bytes.AsSpan(0, Math.Min(bytes.Length, FormatDetector.SampleBytes)), log, new SourceOptions()).Format;
        Assert.NotNull(format);
        EntityKeyCodec keys = new(42);
        using BatchPool pool = new(1, 1, 0, 0);
        Dictionary<string, int> counts = [];
        LineReader reader = new(new MemoryStream(bytes), 1 << 20) { Framing = format.Framing };
        bool headerDue = true;
        while (reader.TryRead(out ReadOnlySpan<byte> record))
        {
            if (record.IsEmpty) continue;
            bool header = headerDue && format.TryReadHeader(record, out _);
            headerDue = false;
            if (header) continue;
            BatchLease lease = pool.Rent();
            EventWriter writer = new(lease.Batch, keys, 0);
            bool good = format.TryDecode(record, ref writer, out DecodeError error);
            if (lease.Batch.Count > 0) check(lease.Batch.Events[0], lease.Batch);
            string what = !good ? error.Reason.Label() : lease.Batch.Count == 0 ? "nothing" : lease.Batch.Events[0].Kind.ToString();
            counts[what] = counts.GetValueOrDefault(what) + 1;
            lease.Release();
        }

        return (format.Name, counts);
    }
}
