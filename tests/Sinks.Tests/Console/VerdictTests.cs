using Streaming.Abstractions.Reports;
using Streaming.Sinks.Console;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Console;

public sealed class VerdictTests
{
    private readonly PipelineReport _report = new();

    private VerdictTests Rating(string id, string type, double rmse)
    {
        _report.Add(id, type).Set("rmse", rmse);
        return this;
    }

    private VerdictTests Ranking(string model, string type, double recall)
    {
        _report.Add(model, type);
        StageReport stage = _report.Add(model + "-rank", "ranking");
        stage.Set("model", model);
        stage.Set("recall@10", recall);
        return this;
    }

    private VerdictTests Policy(string id, string type, double? regret, double ips, double halfWidth)
    {
        StageReport stage = _report.Add(id, type);
        if (regret is double known)
        {
            stage.Set("regret", known);
            stage.Set("regret_against", "expected");
        }

        stage.Set("ips", ips);
        stage.Set("ips_low", ips - halfWidth);
        stage.Set("ips_high", ips + halfWidth);
        return this;
    }

    private string? Sentence => Verdict.Of(_report)?.Sentence;

    [Fact]
    public void The_best_model_is_held_against_the_better_plain_one()
    {
        Rating("mean", "mean", 1.04).Rating("base", "baseline", .9).Rating("funk", "funk-mf", .95).Rating("mf", "biased-mf", .8721);
        Assert.Equal(new Verdict("mf beats base in RMSE by 3.1 %.", true), Verdict.Of(_report));
    }

    [Fact]
    public void A_model_that_loses_is_told_so()
    {
        Rating("baseline", "baseline", .9).Rating("mf", "biased-mf", .99);
        Assert.Equal(new Verdict("mf loses to baseline in RMSE by 10.0 %.", false), Verdict.Of(_report));
    }

    [Fact]
    public void Rankings_are_held_against_popularity_by_the_type_of_their_model()
    {
        Ranking("pop", "popularity", .08).Ranking("isgd", "isgd", .1);
        Assert.Equal(new Verdict("isgd beats pop in recall@10 by 25.0 %.", true), Verdict.Of(_report));
    }

    [Fact]
    public void Both_comparisons_make_one_sentence_and_every_one_must_be_won()
    {
        Rating("mean", "mean", 1.0).Rating("mf", "biased-mf", .9999).Ranking("popularity", "popularity", .2).Ranking("isgd", "isgd", .1);
        Assert.Equal(new Verdict("mf beats mean in RMSE by less than 0.1 %; isgd loses to popularity in recall@10 by 50.0 %.", false), Verdict.Of(_report));
    }

    [Fact]
    public void Policies_are_held_against_uniform_by_regret_where_it_is_known()
    {
        Policy("chance", "uniform", 200, .2, .1).Policy("a", "ucb1", 150, .2, .1).Policy("b", "lin-ucb", 50, .1, .1);
        Assert.Equal(new Verdict("b beats chance in regret by 75.0 %.", true), Verdict.Of(_report));
    }

    [Theory]
    [InlineData(.1, "a is level with chance in IPS: their 95 % intervals overlap.", false)]
    [InlineData(.04, "a beats chance in IPS by 50.0 %.", true)]
    public void Or_else_by_importance_weights_if_the_intervals_allow_it(double halfWidth, string sentence, bool wins)
    {
        Policy("chance", "uniform", null, .2, halfWidth).Policy("a", "ucb1", null, .3, halfWidth).Policy("b", "lin-ucb", null, .25, halfWidth);
        Assert.Equal(new Verdict(sentence, wins), Verdict.Of(_report));
    }

    [Fact]
    public void Equal_numbers_are_level()
    {
        Rating("mean", "mean", .9).Rating("mf", "biased-mf", .9);
        Assert.Equal(new Verdict("mf is level with mean in RMSE.", false), Verdict.Of(_report));
    }

    [Fact]
    public void A_base_of_0_gives_no_percentage()
    {
        Ranking("popularity", "windowed-popularity", 0).Ranking("isgd", "isgd", .1);
        Assert.Equal("isgd beats popularity in recall@10: .1000 against 0.", Sentence);
    }

    [Fact]
    public void Large_gains_are_whole_percents()
    {
        Ranking("popularity", "popularity", .01).Ranking("isgd", "isgd", .25);
        Assert.Equal("isgd beats popularity in recall@10 by 2,400 %.", Sentence);
    }

    [Fact]
    public void An_evaluation_is_no_model_of_its_own()
    {
        Rating("baseline", "baseline", .9).Rating("mf", "biased-mf", .95);
        StageReport error = _report.Add("mf-error", "rating-error");
        error.Set("model", "mf");
        error.Set("rmse", .1);
        Assert.Equal("mf loses to baseline in RMSE by 5.6 %.", Sentence);
    }

    [Fact]
    public void Without_a_rival_or_a_number_there_is_no_verdict()
    {
        Assert.Null(Verdict.Of(_report));
        Rating("mf", "biased-mf", .9).Rating("mean", "mean", double.NaN).Ranking("popularity", "popularity", .1);
        Assert.Null(Verdict.Of(_report));
    }

    [Fact]
    public void The_usual_pipeline_has_one() => Assert.Equal("mf beats baseline in RMSE by 3.1 %.", Verdict.Of(Runs.Report())!.Sentence);
}
