using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Operators.Models;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Models.Refits;

public sealed class RefitTests
{
    private const ulong Seed = 23;

    [Theory]
    [InlineData(RefitMethod.Sgd, 7, null)]
    [InlineData(RefitMethod.Sgd, 1, 0.01)]
    [InlineData(RefitMethod.Als, 1 << 16, null)]
    public void It_does_what_plain_loops_do_users_that_are_forgotten_included(RefitMethod method, int slice, double? rate)
    {
        BiasedMfOptions options = new()
        {
            Factors = 3,
            Refit = new() { Every = 100, Capacity = 150, Epochs = 2, Slice = slice, Window = 60, Margin = 0, Method = method, LearningRate = rate, Regularization = 0.3 },
        };
        NormalRows<double> userRows = new(1, .1), itemRows = new(2, .1);
        using BiasedMf<double> model = new(options, userRows, itemRows, refitSeed: Seed);
        PlainRefit plain = new(options, userRows, itemRows, CounterRng.Derive(Seed, "shuffles"));
        Event[] log = Tastes(3000, users: 20, items: 25, noise: 1, seed: 3);
        for (int n = 0; n < log.Length; n++)
        {
            Assert.Equal(plain.ScoreThenLearn(log[n]), model.ScoreThenLearn(Of(log[n])), 1e-8);
            if (n % 41 != 40) continue;
            plain.Forget(log[n].User);
            model.Forget(log[n].User);
        }

        StageReport report = Report(model);
        Assert.InRange(plain.Won, 2, plain.Refits - 2);
        Assert.Equal((plain.Refits, plain.Won), (report["refits"].Integer, report["refits_won"].Integer));
        Assert.Equal(plain.LastLive, report["refit_live_loss"].Number, 1e-8);
        Assert.Equal(plain.LastCandidate, report["refit_loss"].Number, 1e-8);
    }

    [Theory]
    [InlineData(RefitMethod.Sgd)]
    [InlineData(RefitMethod.Als)]
    public void A_candidate_that_does_not_win_leaves_no_trace(RefitMethod method)
    {
        RefitOptions refit = new() { Every = 90, Capacity = 100, Epochs = 1, Slice = 20, Window = 30, Margin = 100, Method = method };
        using BiasedMf<float> with = new(new BiasedMfOptions { Refit = refit, Users = 30, Items = 30 }, Seed), without = new(new BiasedMfOptions { Users = 30, Items = 30 }, Seed);
        using Isgd<float> ranked = new(new IsgdOptions { Refit = refit, Users = 30, Items = 30 }, Seed), rankedWithout = new(new IsgdOptions { Users = 30, Items = 30 }, Seed);
        foreach (Event e in Tastes(3000, users: 40, items: 50, noise: 1, seed: 4))
        {
            Assert.Equal(without.Rank(Of(e), 10), with.Rank(Of(e), 10));
            Assert.Equal(without.ScoreThenLearn(Of(e)), with.ScoreThenLearn(Of(e)));
            Assert.Equal(rankedWithout.Rank(Of(e), 10), ranked.Rank(Of(e), 10));
            Assert.Equal(rankedWithout.ScoreThenLearn(Of(e)), ranked.ScoreThenLearn(Of(e)));
        }

        Assert.True(Report(with)["refits"].Integer > 10 && Report(ranked)["refits"].Integer > 10);
        Assert.Equal((0L, 0L), (Report(with)["refits_won"].Integer, Report(ranked)["refits_won"].Integer));
        Assert.True(with.Evictions > 100);
        Assert.DoesNotContain(Report(without).Entries, e => e.Name.StartsWith("refit", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RefitMethod.Sgd, 0.97)]
    [InlineData(RefitMethod.Als, 0.99)]
    public void It_pays_where_one_pass_has_not_learned_all_there_is(RefitMethod method, double most)
    {
        RefitOptions refit = new() { Every = 3000, Capacity = 10_000, Epochs = 5, Slice = 32, Window = 500, Method = method, LearningRate = 0.02 };
        using BiasedMf<float> with = new(new BiasedMfOptions { Refit = refit }, Seed), without = new(new BiasedMfOptions(), Seed);
        (double own, double other) = (0, 0);
        foreach (Event e in Tastes(20_000, users: 100, items: 80, noise: 0.5, seed: 5))
        {
            own += Math.Pow(with.ScoreThenLearn(Of(e)) - e.Value, 2);
            other += Math.Pow(without.ScoreThenLearn(Of(e)) - e.Value, 2);
        }

        Assert.True(Report(with)["refits_won"].Integer > 0);
        Assert.True(own < most * other, $"The squared errors are {own} with re-fits, {other} without.");
    }

    [Theory]
    [InlineData(RefitMethod.Sgd)]
    [InlineData(RefitMethod.Als)]
    public void A_candidate_fitted_to_what_is_over_is_dropped(RefitMethod method)
    {
        // Tastes turn into their opposite shortly before the first re-fit, and nearly all that is kept is from before.
        RefitOptions refit = new() { Every = 8000, Capacity = 8000, Keep = RefitKeep.Reservoir, Epochs = 2, Slice = 64, Window = 300, Margin = 0, Method = method };
        using BiasedMf<float> model = new(new BiasedMfOptions { Refit = refit }, Seed);
        Event[] log = Tastes(8900, users: 60, items: 40, noise: 0.3, seed: 6);
        for (int n = 7000; n < log.Length; n++) log[n].Value = 6 - log[n].Value;
        foreach (Event e in log) model.Learn(Of(e));
        StageReport report = Report(model);
        Assert.Equal((1L, 0L), (report["refits"].Integer, report["refits_won"].Integer));
        Assert.True(report["refit_loss"].Number > report["refit_live_loss"].Number);
    }

    [Theory]
    [InlineData(RefitMethod.Sgd, RefitKeep.Window)]
    [InlineData(RefitMethod.Als, RefitKeep.Window)]
    [InlineData(RefitMethod.Sgd, RefitKeep.Reservoir)]
    [InlineData(RefitMethod.Als, RefitKeep.Reservoir)]
    public void Killed_after_any_event_and_resumed_it_goes_on_as_if_nothing_had_happened(RefitMethod method, RefitKeep keep)
    {
        // More rows than are copied with one event, and less room than there are users.
        RefitOptions refit = new() { Every = 50, Capacity = 70, Keep = keep, Epochs = 2, Slice = 40, Window = 10, Margin = 0, Method = method, Regularization = 0.2 };
        BiasedMfOptions options = new() { Refit = refit, Users = 120, Items = 60 };
        Event[] log = Tastes(900, users: 160, items: 70, noise: 0.3, seed: 7);
        using BiasedMf<double> whole = new(options, Seed);
        List<(int Rank, double Score)> answers = [];
        List<byte[]> states = [StateBytes.Save(whole)];
        foreach (Event e in log)
        {
            answers.Add((whole.Rank(Of(e), 20), whole.ScoreThenLearn(Of(e))));
            if (states.Count % 60 == 0) whole.Forget(e.User);
            states.Add(StateBytes.Save(whole));
        }

        StageReport report = Report(whole);
        Assert.InRange(report["refits_won"].Integer, 1, report["refits"].Integer - 1);
        for (int cut = 0; cut < log.Length; cut++)
        {
            using BiasedMf<double> resumed = new(options, Seed);
            StateBytes.Restore(resumed, states[cut]);
            int end = Math.Min(log.Length, cut + 3);
            for (int n = cut; n < end; n++)
            {
                Assert.Equal(answers[n], (resumed.Rank(Of(log[n]), 20), resumed.ScoreThenLearn(Of(log[n]))));
                if ((n + 1) % 60 == 0) resumed.Forget(log[n].User);
            }

            Assert.Equal(states[end], StateBytes.Save(resumed));
        }
    }

    [Fact]
    public void Ranks_and_scores_are_of_the_same_rows_while_a_candidate_takes_over()
    {
        RefitOptions refit = new() { Every = 300, Capacity = 300, Epochs = 3, Slice = 50, Window = 10, Margin = 0 };
        using Isgd<double> model = new(new IsgdOptions { Refit = refit, LearningRate = 0.05, Ranking = IsgdRanking.Dot }, Seed);
        ScoredItem[] list = new ScoredItem[5];
        foreach (Event e in Tastes(4000, users: 300, items: 200, noise: 0.3, seed: 8))
        {
            model.Learn(Of(e));
            int found = model.TopK(Of(e), list);
            for (int i = 0; i < found; i++) Assert.Equal(model.Score(new Example { User = e.User, Item = list[i].Item }), list[i].Score, 1e-9);
        }

        Assert.True(Report(model)["refits_won"].Integer > 1);
    }

    [Fact]
    public void A_schedule_of_rates_is_refused()
    {
        BiasedMfOptions options = new() { Schedule = RateSchedule.InverseSqrt };
        Assert.Empty(options.Validate());
        options.Refit.Every = 5;
        Assert.Equal("Refit:Every", Assert.Single(options.Validate()).Option);
        Assert.Throws<ArgumentException>(() => new BiasedMf<double>(options, Seed));
    }

    // Ratings by products of hidden tastes, and noise.
    private static Event[] Tastes(int count, ulong users, ulong items, double noise, ulong seed)
    {
        NormalRows<double> hiddenUsers = new(seed, 1), hiddenItems = new(seed + 1, 0.8);
        CounterRng rng = new(seed, 5);
        double[] p = new double[2], q = new double[2];
        Event[] log = new Event[count];
        for (int n = 0; n < count; n++)
        {
            ulong user = 1 + rng.NextBelow(users), item = 1 + rng.NextBelow(items);
            hiddenUsers.Fill(user, p);
            hiddenItems.Fill(item, q);
            log[n] = RatingLog.Of(user, item, 3 + PlainRows.Dot(p, q) + (noise * rng.NextNormal()), n);
        }

        return log;
    }

    private static Example Of(in Event e) => new() { User = e.User, Item = e.Item, Value = e.Value, Time = e.Time, Weight = e.Weight };

    private static StageReport Report(IRefitted model)
    {
        StageReport report = new("m", "m");
        model.ReportRefits(report);
        return report;
    }
}
