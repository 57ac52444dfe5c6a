using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Evaluation;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Prequential values of whole logs, as an independent implementation found them.</summary>
public sealed class SanityValueTests
{
    private static StageType Model(string name) => ModelStages.All.Single(t => t.Name == name);

    private static StageType Evaluation(string name) => EvaluationStages.All.Single(t => t.Name == name);

    [Fact]
    public void Rating_models_reach_the_reference_errors_on_movielens() =>
        CheckErrors(RatingLog.MovieLens(), new ValueRange(.5, 5), (.8270119735, 1.0426531021), (.6643752269, .8678621330));

    [Fact]
    public void Rating_models_reach_the_reference_errors_on_movietweetings() =>
        CheckErrors(RatingLog.MovieTweetings(), new ValueRange(0, 10), (1.458229, 1.8793378468), (1.2261263816, 1.6410543367));

    [Fact]
    public void Biased_mf_is_a_sensible_default_on_movielens()
    {
        using StageRun run = new(new ValueRange(.5, 5), [("mf", Model("biased-mf"), new BiasedMfOptions()), ("funk", Model("funk-mf"), new FunkMfOptions())]);
        run.Run(RatingLog.MovieLens());
        Assert.InRange(run.Report("mf")["rmse"].Number, .5, .8678);
        Assert.InRange(run.Report("funk")["rmse"].Number, .5, 2);
        Assert.Equal(0, run.Report("mf")["resets"].Integer);
        Assert.Equal(0, run.Report("funk")["resets"].Integer);
    }

    [Fact]
    public void Biased_mf_beats_the_baseline_on_movietweetings()
    {
        using StageRun run = new(new ValueRange(0, 10), [("mf", Model("biased-mf"), new BiasedMfOptions()), ("funk", Model("funk-mf"), new FunkMfOptions())]);
        run.Run(RatingLog.MovieTweetings());
        Assert.InRange(run.Report("mf")["rmse"].Number, .5, 1.6410543);
        Assert.Equal(0, run.Report("funk")["resets"].Integer);
    }

    [Theory]
    [InlineData("svd-plus-plus")]
    [InlineData("nmf")]
    [InlineData("pa-mf")]
    [InlineData("pmf-da")]
    [InlineData("neighbourhood")]
    public void Rating_models_beat_the_baseline_on_both_logs(string name)
    {
        foreach ((Event[] log, ValueRange range) in new[] { (RatingLog.MovieLens(), new ValueRange(.5, 5)), (RatingLog.MovieTweetings(), new ValueRange(0, 10)) })
        {
            using StageRun run = new(range, [("m", Model(name), Model(name).NewOptions()), ("baseline", Model("baseline"), new BaselineOptions())]);
            run.Run(log);
            Assert.InRange(run.Report("m")["rmse"].Number, .5, run.Report("baseline")["rmse"].Number);
            Assert.Equal(0, run.Report("m")["resets"].Integer);
        }
    }

    [Fact]
    public void A_falling_rate_beats_a_constant_one_on_both_logs()
    {
        foreach ((Event[] log, ValueRange range) in new[] { (RatingLog.MovieLens(), new ValueRange(.5, 5)), (RatingLog.MovieTweetings(), new ValueRange(0, 10)) })
        {
            BaselineOptions falling = new() { Schedule = RateSchedule.InverseSqrt, Decay = .2, LearningRate = .1, Regularization = .02 };
            using StageRun run = new(range, [("falling", Model("baseline"), falling), ("constant", Model("baseline"), new BaselineOptions())]);
            run.Run(log);
            Assert.InRange(run.Report("falling")["rmse"].Number, .5, run.Report("constant")["rmse"].Number);
        }
    }

    [Fact]
    public void Popularity_reaches_the_reference_ranks_on_movielens() => CheckPopularity(RatingLog.MovieLens(), 4625, 7525, .0226025, .0218352, 1e-7);

    [Fact]
    public void Popularity_reaches_the_reference_ranks_on_five_star_ratings() =>
        CheckPopularity([.. RatingLog.MovieLens().Where(e => e.Value >= 5)], 992, 1569, .0371664, .0342192, 1e-7);

    [Fact]
    public void Popularity_reaches_the_reference_ranks_on_movietweetings() =>
        CheckPopularity(RatingLog.MovieTweetings(), 10046, 15476, .05197106344, .04611058590, 1e-9);

    [Fact]
    public void Isgd_finds_items_on_movietweetings()
    {
        using StageRun run = new(ValueRange.Unbounded, [("isgd", Model("isgd"), new IsgdOptions()), ("rank", Evaluation("ranking"), new RankingOptions { Model = "isgd" })]);
        run.Run(RatingLog.MovieTweetings());
        StageReport report = run.Report("rank");
        Assert.InRange(report["hits@10"].Integer, 500, 20000);
        Assert.Equal(ReportValueKind.Null, report["mrr"].Kind);
    }

    private static void CheckErrors(Event[] log, ValueRange range, (double Mae, double Rmse) mean, (double Mae, double Rmse) baseline)
    {
        using StageRun run = new(range, [("mean", Model("mean"), new RunningMeanOptions()), ("baseline", Model("baseline"), new BaselineOptions())]);
        run.Run(log);
        Assert.Equal(mean.Mae, run.Report("mean")["mae"].Number, 2e-6);
        Assert.Equal(mean.Rmse, run.Report("mean")["rmse"].Number, 2e-6);
        Assert.Equal(baseline.Mae, run.Report("baseline")["mae"].Number, 2e-6);
        Assert.Equal(baseline.Rmse, run.Report("baseline")["rmse"].Number, 2e-6);
    }

    private static void CheckPopularity(Event[] log, long hits, long wideHits, double dcg, double mrr, double tolerance)
    {
        RankingOptions full = new() { Model = "popularity", Depth = "full" };
        using StageRun run = new(
            ValueRange.Unbounded,
            [("popularity", Model("popularity"), new PopularityOptions()), ("full", Evaluation("ranking"), full), ("top", Evaluation("ranking"), new RankingOptions { Model = "popularity" })]);
        run.Run(log);
        StageReport report = run.Report("full"), top = run.Report("top");
        Assert.Equal(hits, report["hits@10"].Integer);
        Assert.Equal(wideHits, report["hits@20"].Integer);
        Assert.Equal(dcg, report["dcg@10"].Number, tolerance);
        Assert.Equal(mrr, report["mrr"].Number, tolerance);
        Assert.Equal(wideHits, top["hits@20"].Integer);
        Assert.Equal(report["dcg@10"], top["dcg@10"]);
    }
}
