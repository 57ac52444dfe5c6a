using System.Globalization;
using System.Text.Json;
using Streaming.Abstractions.Randomness;
using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Evaluate;

public sealed class EvaluateCommandTests : IDisposable
{
    private const string Pipeline = """{ "Stages": { "p": { "Type": "popularity" }, "m": { "Type": "mean" }, "r": { "Type": "ranking", "Model": "p" } } }""";

    private readonly TemporaryFolder _folder = new();
    private readonly List<(int User, int Item, int Value)> _log = Draw();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Leave_last_out_gives_what_is_counted_by_hand()
    {
        JsonElement models = (await EvaluateAsync("--split", "per-user", "--test", "1", "--k", "1,5")).GetProperty("models");
        List<int> last = [.. _log.Select(e => e.User).Distinct().Where(u => _log.Count(e => e.User == u) > 1).Select(u => _log.FindLastIndex(e => e.User == u))];
        List<(int User, int Item, int Value)> train = [.. _log.Where((_, i) => !last.Contains(i))];
        int[] items = [.. train.Select(e => e.Item).Distinct()];
        List<int> ranks = [];
        int repeats = 0, coldItems = 0;
        foreach (int i in last)
        {
            (int user, int item, _) = _log[i];
            if (train.Any(e => e.User == user && e.Item == item))
            {
                repeats++;
                continue;
            }

            if (!items.Contains(item)) coldItems++;
            int[] ranking = [.. items.Where(o => !train.Any(e => e.User == user && e.Item == o)).OrderByDescending(o => train.Count(e => e.Item == o))];
            ranks.Add(Array.IndexOf(ranking, item) + 1);
        }

        JsonElement p = models.GetProperty("p"), m = models.GetProperty("m");
        Assert.True(ranks.Count > 10 && repeats > 0);
        Assert.Equal((ranks.Count, repeats, coldItems), (p.GetProperty("users").GetInt32(), p.GetProperty("repeats").GetInt32(), p.GetProperty("cold_items").GetInt32()));
        Assert.Equal(ranks.Average(r => r is >= 1 and <= 5 ? 1.0 : 0), p.GetProperty("hr@5").GetDouble(), 1e-12);
        Assert.Equal(ranks.Average(r => r is >= 1 and <= 5 ? 1 / Math.Log2(r + 1) : 0), p.GetProperty("ndcg@5").GetDouble(), 1e-12);
        Assert.Equal(ranks.Average(r => r >= 1 ? 1.0 / r : 0), p.GetProperty("mrr").GetDouble(), 1e-12);
        double mean = train.Average(e => e.Value);
        Assert.Equal(last.Average(i => Math.Abs(_log[i].Value - mean)), m.GetProperty("mae").GetDouble(), 1e-9);
        Assert.Equal(last.Count, m.GetProperty("predictions").GetInt32());
        Assert.False(m.TryGetProperty("mrr", out _), "a mean ranks nothing");
    }

    [Fact]
    public async Task Negatives_of_a_file_are_what_an_item_is_ranked_among()
    {
        string test = _folder.File("test.csv"), negatives = _folder.File("negatives.txt");
        await File.WriteAllTextAsync(test, "user,item,value,ts\n1,1001,4,900\n2,1002,4,901\n3,1003,4,902\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(negatives, "(1,1001)\t1002\t1003\n2\t1001\t1003\n", TestContext.Current.CancellationToken);
        for (int i = 0; i < 6; i++) _log.Add((50 + i, 1001 + (i == 0 ? 0 : i < 3 ? 1 : 2), 4)); // once, twice, three times
        for (int user = 1; user <= 3; user++) _log.Add((user, 7, 3));
        JsonElement p = (await EvaluateAsync("--split", "given", "--test-file", test, "--negatives", negatives, "--k", "1,2,3")).GetProperty("models").GetProperty("p");
        Assert.Equal((2, 1), (p.GetProperty("rankings").GetInt32(), p.GetProperty("unlisted").GetInt32()));
        Assert.Equal((0, 0.5, 1), (p.GetProperty("hr@1").GetDouble(), p.GetProperty("hr@2").GetDouble(), p.GetProperty("hr@3").GetDouble()));
        Assert.Equal(((1 / 3.0) + 0.5) / 2, p.GetProperty("mrr").GetDouble(), 1e-12);
    }

    [Fact]
    public async Task Drawn_negatives_make_a_hit_likelier_and_are_the_same_again()
    {
        string[] arguments = ["--split", "random", "--test", "0.2", "--k", "5"];
        JsonElement all = Of(await EvaluateAsync(arguments)), drawn = Of(await EvaluateAsync([.. arguments, "--negatives", "10"])), again = Of(await EvaluateAsync([.. arguments, "--negatives", "10"]));
        Assert.Equal(drawn.GetRawText(), again.GetRawText());
        Assert.True(drawn.GetProperty("hr@5").GetDouble() > all.GetProperty("ndcg@5").GetDouble());
        Assert.True(drawn.GetProperty("rankings").GetInt32() > all.GetProperty("users").GetInt32());

        static JsonElement Of(JsonElement result) => result.GetProperty("models").GetProperty("p");
    }

    [Fact]
    public async Task Users_held_out_whole_are_folded_in_and_known_then()
    {
        JsonElement result = await EvaluateAsync("--strong-generalization", "--test", "0.5", "--fold-in", "0.5"), p = result.GetProperty("models").GetProperty("p");
        Assert.Equal(_log.Count, result.GetProperty("trained_events").GetInt32() + result.GetProperty("folded_events").GetInt32() + result.GetProperty("tested_events").GetInt32());
        Assert.Equal(0, p.GetProperty("cold_users").GetInt32());
        Assert.True(p.GetProperty("folded_users").GetInt32() > 5);
        Assert.InRange(p.GetProperty("fold_in_ms_p50").GetDouble(), 0, p.GetProperty("fold_in_ms_max").GetDouble());
    }

    [Fact]
    public async Task With_what_was_seen_in_the_ranking_it_takes_places()
    {
        string[] arguments = ["--split", "random", "--test", "0.3"];
        JsonElement without = (await EvaluateAsync(arguments)).GetProperty("models").GetProperty("p"), with = (await EvaluateAsync([.. arguments, "--include-seen"])).GetProperty("models").GetProperty("p");
        Assert.Equal(0, with.GetProperty("repeats").GetInt32());
        Assert.True(without.GetProperty("repeats").GetInt32() > 0);
        Assert.NotEqual(without.GetProperty("mrr").GetDouble(), with.GetProperty("mrr").GetDouble());
    }

    [Theory]
    [InlineData("--split needs one of temporal, random, per-user, given", "--split", "weekly")]
    [InlineData("--test needs a share above 0 and below 1, found 3", "--test", "3")]
    [InlineData("--test needs a number, found 'some'", "--test", "some")]
    [InlineData("--split given and --test-file FILE belong together", "--split", "given")]
    [InlineData("--fold-in needs a share", "--fold-in", "1")]
    [InlineData("--epochs needs a whole number from 1", "--epochs", "0")]
    [InlineData("--k needs a whole number from 1", "--k", "10,x")]
    [InlineData("--include-seen is about the ranking of all items", "--include-seen", "--negatives", "5")]
    public async Task Arguments_that_make_no_sense_end_it_with_2(string message, params string[] arguments)
    {
        ProcessResult result = await RunAsync(arguments);
        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_test_or_no_model_ends_it_with_78_and_says_so()
    {
        ProcessResult empty = await RunAsync("--test", "0.001");
        Assert.Equal(78, empty.Code);
        Assert.Contains("there is nothing to test on", empty.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.File("none.json"), """{ "Stages": { "w": { "Type": "count-window" } } }""", TestContext.Current.CancellationToken);
        ProcessResult none = await RunAsync("--pipeline", _folder.File("none.json"));
        Assert.Equal(78, none.Code);
        Assert.Contains("has no model", none.Error, StringComparison.Ordinal);
    }

    private async Task<JsonElement> EvaluateAsync(params string[] arguments)
    {
        string summary = _folder.File("result.json");
        ProcessResult result = await RunAsync([.. arguments, "--summary", summary]);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains(" tested\n", result.Output, StringComparison.Ordinal);
        return JsonDocument.Parse(await File.ReadAllTextAsync(summary)).RootElement;
    }

    private async Task<ProcessResult> RunAsync(params string[] arguments)
    {
        await File.WriteAllTextAsync(_folder.File("pipeline.json"), Pipeline);
        await File.WriteAllLinesAsync(_folder.File("log.csv"), _log.Select((e, i) => string.Create(CultureInfo.InvariantCulture, $"{e.User},{e.Item},{e.Value},{100 + i}")).Prepend("user,item,value,ts"));
        string[] pipeline = arguments.Contains("--pipeline") ? [] : ["--pipeline", _folder.File("pipeline.json")];
        return await StreamingProcess.RunAsync(["evaluate", _folder.File("log.csv"), .. pipeline, .. arguments]);
    }

    private static List<(int User, int Item, int Value)> Draw()
    {
        CounterRng rng = new(8, 8);
        return [.. Enumerable.Range(0, 300).Select(_ => (1 + (int)rng.NextBelow(25), 1 + (int)Math.Min(rng.NextBelow(40), rng.NextBelow(40)), 1 + (int)rng.NextBelow(5)))];
    }
}
