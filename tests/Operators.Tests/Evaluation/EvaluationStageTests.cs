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
        ColumnRead read = Assert.Single(Ranking.Reads(options));
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

    private static Event[] Draw()
    {
        CounterRng rng = new(6, 6);
        Event[] log = [.. Enumerable.Range(0, 1500).Select(_ => RatingLog.Of(1 + rng.NextBelow(40), 1 + Math.Min(rng.NextBelow(50), rng.NextBelow(50)), 1 + rng.NextBelow(5)))];
        for (int i = 0; i < log.Length; i += 9) log[i].Kind = EventKind.Outcome;
        return log;
    }
}
