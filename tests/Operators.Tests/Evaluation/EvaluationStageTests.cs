using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Evaluation;
using Streaming.Operators.Models;
using Streaming.Operators.Tests.Models;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Evaluation;

public sealed class EvaluationStageTests
{
    private static readonly Event[] Log = Draw();

    private static StageType Ranking => EvaluationStages.All.Single(t => t.Name == "ranking");

    private static StageType RatingError => EvaluationStages.All.Single(t => t.Name == "rating-error");

    private static StageType Popularity => ModelStages.All.Single(t => t.Name == "popularity");

    private static StageType Baseline => ModelStages.All.Single(t => t.Name == "baseline");

    [Fact]
    public void Ranking_says_after_each_event_what_its_columns_add_up_to()
    {
        using StageRun run = RankingRun();
        run.Run(Log, 100);
        double[] ranks = [.. run.Column("q.rank")];
        Assert.Equal(run.Column("p.rank@20"), ranks);
        int events = 0, hits = 0;
        for (int i = 0; i < ranks.Length; i++)
        {
            bool ranked = ranks[i] != Ranks.None;
            if (ranked) events++;
            if (ranks[i] is >= 1 and <= 10) hits++;
            Assert.Equal(ranked ? (double)hits / events : double.NaN, run.Column("q.recall@10")[i]);
            Assert.Equal(ranked, !double.IsNaN(run.Column("q.window_recall@10")[i]));
            Assert.Equal(ranked, !double.IsNaN(run.Column("q.fading_recall@10")[i]));
            Assert.Equal(ranked, !double.IsNaN(run.Column("q.dcg@10")[i]));
        }

        StageReport report = run.Report("q");
        Assert.Equal("p", report["model"].Text);
        Assert.Equal(hits, report["hits@10"].Integer);
        Assert.Equal(run.Column("q.recall@10")[^1], report["recall@10"].Number);
        Assert.Equal(run.Column("q.window_recall@10")[^1], report["window_recall@10"].Number);
        Assert.Equal(run.Column("q.fading_recall@10")[^1], report["fading_recall@10"].Number);
        Assert.Equal(run.Column("q.dcg@10")[^1], report["dcg@10"].Number);
        Assert.Equal(ReportValueKind.Null, report["mrr"].Kind);
        Assert.Equal(0, report["unknown"].Integer);
    }

    [Fact]
    public void Rating_error_says_after_each_event_what_its_columns_add_up_to()
    {
        using StageRun run = new(
            new ValueRange(1, 5),
            [("m", Baseline, new BaselineOptions()), ("e", RatingError, new RatingErrorOptions { Model = "m", Window = 30, Fading = 1 })],
            "m.score", "e.mae", "e.rmse", "e.window_mae", "e.window_rmse", "e.fading_mae", "e.fading_rmse");
        run.Run(Log, 100);
        List<double> errors = [];
        for (int i = 0; i < Log.Length; i++)
        {
            if (!Log[i].IsRating)
            {
                Assert.True(double.IsNaN(run.Column("e.mae")[i]));
                continue;
            }

            errors.Add(run.Column("m.score")[i] - Log[i].Value);
            Assert.InRange(run.Column("m.score")[i], 1, 5);
            Assert.Equal(errors.Average(Math.Abs), run.Column("e.mae")[i], 1e-10);
            Assert.Equal(Math.Sqrt(errors.Average(e => e * e)), run.Column("e.rmse")[i], 1e-10);
            Assert.Equal(errors.TakeLast(30).Average(Math.Abs), run.Column("e.window_mae")[i], 1e-10);
            Assert.Equal(Math.Sqrt(errors.TakeLast(30).Average(e => e * e)), run.Column("e.window_rmse")[i], 1e-10);
            Assert.Equal(run.Column("e.mae")[i], run.Column("e.fading_mae")[i], 1e-10);
            Assert.Equal(run.Column("e.rmse")[i], run.Column("e.fading_rmse")[i], 1e-10);
        }

        StageReport report = run.Report("e"), model = run.Report("m");
        Assert.Equal(model["mae"], report["mae"]);
        Assert.Equal(model["rmse"], report["rmse"]);
        Assert.Equal(errors.Count, report["events"].Integer);
    }

    [Fact]
    public void Restored_evaluators_go_on_as_if_nothing_had_happened()
    {
        using StageRun whole = BothRun(), resumed = BothRun();
        whole.Run(Log.AsSpan(0, 700), 64);
        foreach (string id in new[] { "p", "m", "q", "e" }) StateBytes.Restore((IStateful)resumed[id], StateBytes.Save((IStateful)whole[id]));
        whole.Run(Log.AsSpan(700), 64);
        resumed.Run(Log.AsSpan(700), 1);
        foreach (string id in new[] { "p", "m", "q", "e" })
        {
            Assert.Equal(whole.Report(id).Entries, resumed.Report(id).Entries);
            Assert.Equal(StateBytes.Save((IStateful)whole[id]), StateBytes.Save((IStateful)resumed[id]));
        }
    }

    [Theory]
    [InlineData("20", "rank@20")]
    [InlineData("007", "rank@7")]
    [InlineData("Full", "rank@full")]
    public void A_depth_has_one_spelling(string depth, string column)
    {
        RankingOptions options = new() { Model = "m", Depth = depth };
        Assert.Empty(options.Validate());
        ColumnRead read = Ranking.Reads(options).First();
        Assert.Equal(column == "rank@full" ? ["m.auc@full"] : [], Ranking.Reads(options).Skip(1).Select(r => r.FullName));
        Assert.Equal(("m." + column, ColumnType.Integer, "Model"), (read.FullName, read.Type, read.Option));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("-3")]
    [InlineData("many")]
    [InlineData("")]
    public void A_depth_out_of_range_is_named(string depth)
    {
        (string option, string message) = Assert.Single(new RankingOptions { Model = "m", Depth = depth }.Validate());
        Assert.Equal("Depth", option);
        Assert.Contains($"'{depth}'", message, StringComparison.Ordinal);
        Assert.Contains("1000", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10,10")]
    [InlineData("10,15")]
    [InlineData("10;20")]
    [InlineData("-10")]
    public void A_list_of_k_that_is_none_is_named(string k)
    {
        (string option, string message) = Assert.Single(new RankingOptions { Model = "m", K = k }.Validate());
        Assert.Equal("K", option);
        Assert.Contains($"'{k}'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(7, 1000)]
    [InlineData(1000, 5)]
    public void Late_events_and_ages_are_measured_as_if_counted_by_hand(int users, int items)
    {
        const int From = 800;
        using StageRun run = new(
            new ValueRange(1, 5),
            [
                ("p", Popularity, new PopularityOptions()), ("m", Baseline, new BaselineOptions()),
                ("q", Ranking, new RankingOptions { Model = "p", Depth = "full", AucSamples = 5, From = From, Ages = true, AgeUsers = users, AgeItems = items }),
                ("e", RatingError, new RatingErrorOptions { Model = "m", From = From, Ages = true, AgeUsers = users, AgeItems = items }),
            ],
            "p.rank@full", "p.auc@full", "p.auc@5", "m.score");
        run.Run(Log, 64);
        (LruAges byUser, LruAges byItem) = (new(users), new(items));
        List<(int Number, int Rank, double Area, double Drawn, double Error, string User, string Item)> events = [];
        for (int i = 0; i < Log.Length; i++)
        {
            int rank = (int)run.Column("p.rank@full")[i];
            if (rank == Ranks.None) continue;
            events.Add((i, rank, run.Column("p.auc@full")[i], run.Column("p.auc@5")[i], run.Column("m.score")[i] - Log[i].Value, byUser.Class(Log[i].User), byItem.Class(Log[i].Item)));
        }

        StageReport ranking = run.Report("q"), error = run.Report("e");
        Assert.Equal(events.Average(e => e.Drawn), ranking["auc"].Number, 1e-12);
        Assert.Equal(1 - events.Average(e => e.Area), ranking["mpr"].Number, 1e-12);
        Check(ranking, error, [.. events.Where(e => e.Number >= From)], "late_", "");
        Assert.Equal(1 - events.Where(e => e.Number >= From).Average(e => e.Area), ranking["late_mpr"].Number, 1e-12);
        foreach (string age in new[] { "1", "2_5", "6_20", "over_20", "unknown" })
        {
            Check(ranking, error, [.. events.Where(e => e.User == age)], "", "_user_" + age);
            Check(ranking, error, [.. events.Where(e => e.Item == age)], "", "_item_" + age);
        }

        Assert.Equal((byUser.Forgotten, byItem.Forgotten), (ranking["forgotten_users"].Integer, error["forgotten_items"].Integer));
        Assert.Equal(users == 7, events.Any(e => e.User == "unknown"));

        static void Check(StageReport ranking, StageReport error, (int Number, int Rank, double Area, double Drawn, double Error, string User, string Item)[] events, string before, string after)
        {
            Assert.Equal(events.Length, ranking[$"{before}events{after}"].Integer);
            Assert.Equal(events.Length, error[$"{before}events{after}"].Integer);
            Assert.Equal(events.Count(e => e.Rank is >= 1 and <= 10), ranking[$"{before}hits@10{after}"].Integer);
            if (events.Length == 0)
            {
                Assert.Equal(ReportValueKind.Null, ranking[$"{before}recall@10{after}"].Kind);
                return;
            }

            Assert.Equal(events.Average(e => e.Rank is >= 1 and <= 10 ? 1.0 : 0), ranking[$"{before}recall@10{after}"].Number, 1e-12);
            Assert.Equal(events.Average(e => e.Rank is >= 1 and <= 10 ? 1 / Math.Log2(e.Rank + 1) : 0), ranking[$"{before}dcg@10{after}"].Number, 1e-12);
            Assert.Equal(events.Average(e => Math.Abs(e.Error)), error[$"{before}mae{after}"].Number, 1e-12);
            Assert.Equal(Math.Sqrt(events.Average(e => e.Error * e.Error)), error[$"{before}rmse{after}"].Number, 1e-12);
        }
    }

    [Fact]
    public void Annotations_hold_the_ranges()
    {
        List<ValidationResult> mistakes = [];
        RankingOptions options = new() { Model = "", Window = 0, Fading = 0 };
        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), mistakes, validateAllProperties: true));
        Assert.Equal(["Fading", "Model", "Window"], mistakes.SelectMany(m => m.MemberNames).Order(StringComparer.Ordinal));
    }

    private static StageRun RankingRun() => new(
        ValueRange.Unbounded,
        [("p", Popularity, new PopularityOptions()), ("q", Ranking, new RankingOptions { Model = "p", Window = 30 })],
        "p.rank@20", "q.rank", "q.recall@10", "q.window_recall@10", "q.fading_recall@10", "q.dcg@10");

    private static StageRun BothRun() => new(
        ValueRange.Unbounded,
        [
            ("p", Popularity, new PopularityOptions()), ("m", Baseline, new BaselineOptions()),
            ("q", Ranking, new RankingOptions { Model = "p", Window = 30, Depth = "full" }), ("e", RatingError, new RatingErrorOptions { Model = "m", Window = 30 }),
        ]);

    /// <summary>Ages with a dictionary and a list, the latest last.</summary>
    private sealed class LruAges(int capacity)
    {
        private readonly List<(ulong Key, int Events)> _keys = [];

        public int Forgotten { get; private set; }

        public string Class(ulong key)
        {
            int at = _keys.FindIndex(k => k.Key == key), events = at >= 0 ? _keys[at].Events : -1;
            if (at >= 0) _keys.RemoveAt(at);
            if (at < 0 && _keys.Count == capacity)
            {
                _keys.RemoveAt(0);
                Forgotten++;
            }

            if (at < 0 && Forgotten == 0) events = 0;
            if (events >= 0) events++;
            _keys.Add((key, events));
            return events < 0 ? "unknown" : events == 1 ? "1" : events <= 5 ? "2_5" : events <= 20 ? "6_20" : "over_20";
        }
    }

    private static Event[] Draw()
    {
        CounterRng rng = new(6, 6);
        Event[] log = [.. Enumerable.Range(0, 1500).Select(_ => RatingLog.Of(1 + rng.NextBelow(40), 1 + Math.Min(rng.NextBelow(50), rng.NextBelow(50)), 1 + rng.NextBelow(5)))];
        for (int i = 0; i < log.Length; i += 9) log[i].Kind = EventKind.Outcome;
        return log;
    }
}
