using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Bandits;
using Streaming.Operators.Bandits.Policies;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

public sealed class PolicyOperatorTests
{
    private static readonly string[] Reals = ["probability", "logged_probability", "reward", "weight", "regret", "ctr", "window_ctr"];

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Columns_and_report_are_recomputed_from_the_log(bool expectedKnown, bool rewardsKnown)
    {
        const int N = 900, Window = 50;
        using DecisionBatch batch = new(N, Reals.Length, 1);
        Fill(batch, N, expectedKnown, rewardsKnown);
        using PolicyOperator stage = new(new EpsilonGreedy(new EpsilonGreedyOptions { Epsilon = .5 }), new EpsilonGreedyOptions { Window = Window, Fading = .9 }, Binding());
        stage.Process(batch.Batch);
        Span<Event> events = batch.Batch.Events;
        double matches = 0, matchedReward = 0, regret = 0, total = 0, totalWeight = 0;
        Dictionary<ulong, double> fixedSums = [];
        List<(double X, double W)> earned = [], regrets = [];
        for (int i = 0; i < N; i++)
        {
            ref Event e = ref events[i];
            int choice = batch.Batch.Column(new ColumnSlot<int>(0))[i];
            if (e.Kind != EventKind.Decision)
            {
                Assert.Equal(-1, choice);
                Assert.All(Reals, c => Assert.True(double.IsNaN(Column(batch, c, i))));
                continue;
            }

            double w = Column(batch, "logged_probability", i) / e.Propensity;
            Span<double> rewards = batch.Batch.Rewards[e.Rewards], expected = batch.Batch.Rewards[e.Expected];
            double own = rewardsKnown ? rewards[choice] : choice == e.Chosen ? e.Value : double.NaN;
            Assert.Equal(own, Column(batch, "reward", i));
            Assert.Equal(w, Column(batch, "weight", i));
            if (e.Actions.Length == 1) Assert.Equal(1, Column(batch, "probability", i), 1e-15);
            else Assert.InRange(Column(batch, "probability", i), .125, .875);
            if (e.Weight > 0)
            {
                if (choice == e.Chosen) (matches, matchedReward) = (matches + e.Weight, matchedReward + (e.Weight * e.Value));
                if (!double.IsNaN(own)) earned.Add((own, e.Weight));
                total += e.Weight * w * e.Value;
                totalWeight += e.Weight;
                fixedSums[e.Item] = fixedSums.GetValueOrDefault(e.Item) + (e.Weight * e.Value / e.Propensity);
                Span<double> worth = expectedKnown ? expected : rewards;
                if (!worth.IsEmpty) regrets.Add((worth.ToArray().Max() - worth[choice], e.Weight));
                regret = worth.IsEmpty ? fixedSums.Values.Max() - total : regrets.Sum(r => r.X * r.W);
            }

            Assert.Equal(regret, Column(batch, "regret", i), 1e-9);
            Assert.Equal(Mean(earned), Column(batch, "ctr", i), 1e-12);
            Assert.Equal(Mean(earned.TakeLast(Window)), Column(batch, "window_ctr", i), 1e-12);
        }

        StageReport report = new("p", "p");
        stage.Report(report);
        Assert.Equal(events.ToArray().Count(e => e.Kind == EventKind.Decision), report["events"].Integer);
        Assert.Equal(events.ToArray().Count(e => e.Kind == EventKind.Decision && e.Weight == 0), report["skipped"].Integer);
        Assert.Equal(matches, report["matches"].Number, 1e-9);
        Assert.Equal(matchedReward, report["matched_reward"].Number, 1e-9);
        Assert.Equal(Mean(earned), report["ctr"].Number, 1e-12);
        if (!rewardsKnown) Assert.Equal(matchedReward / matches, report["ctr"].Number, 1e-12);
        Assert.Equal(total / totalWeight, report["ips"].Number, 1e-12);
        Assert.Equal(regret, report["regret"].Number, 1e-9);
        bool known = expectedKnown || rewardsKnown;
        Assert.Equal(known ? "expected" : "best-fixed", report["regret_against"].Text);
        Assert.Equal(known ? ReportValueKind.Number : ReportValueKind.Null, report["window_regret"].Kind);
        if (!known) return;
        Assert.Equal(Mean(regrets.TakeLast(Window)), report["window_regret"].Number, 1e-12);
        Assert.Equal(Mean(regrets.Select((r, i) => (r.X, r.W * Math.Pow(.9, regrets.Count - 1 - i)))), report["fading_regret"].Number, 1e-12);
        Assert.Equal(ReportValueKind.Number, report["regret_exponent"].Kind);
    }

    [Fact]
    public void Nothing_exists_before_the_first_decision()
    {
        foreach (StageType type in BanditStages.All)
        {
            IOperator stage = type.Create(type.NewOptions(), StageBinding.Free());
            StageReport report = new("p", "p");
            stage.Report(report);
            Assert.All(
                report.Entries.Where(e => e.Name is not ("events" or "matches" or "matched_reward" or "skipped" or "arms" or "evictions" or "resets" or "clipped" or "features")),
                e => Assert.Equal(ReportValueKind.Null, e.Value.Kind));
            Assert.Equal(["ctr", "regret"], report.Headlines);
            (stage as IDisposable)?.Dispose();
        }
    }

    [Fact]
    public void One_decision_of_unknown_worth_makes_regret_that_against_the_best_fixed_action()
    {
        using PolicyOperator stage = new(new UniformPolicy(), new UniformOptions(), StageBinding.Free());
        using DecisionBatch batch = new(3);
        batch.Add(2, 1, 1, .5f, expected: [.1, .9]);
        batch.Add(2, 0, 1, .5f, expected: [.1, .9]);
        batch.Add(2, 0, 1, .25f, weight: 2);
        stage.Process(batch.Batch);
        StageReport report = new("p", "p");
        stage.Report(report);
        Assert.Equal("best-fixed", report["regret_against"].Text);
        // The first action: 1 / .5 + 2 / .25; uniform: half of each.
        Assert.Equal(10 - (1 + 1 + 4), report["regret"].Number, 1e-12);
    }

    [Theory]
    [InlineData(LearnRule.OnMatch, new[] { 1.5 })]
    [InlineData(LearnRule.All, new[] { 1.5, 1.5 })]
    [InlineData(LearnRule.Weighted, new[] { 3.0 })]
    public void What_is_learned_follows_the_rule_and_full_information_its_own(LearnRule rule, double[] weights)
    {
        Spy policy = new();
        using PolicyOperator stage = new(policy, new Ucb1Options { Learn = rule }, StageBinding.Free());
        using DecisionBatch batch = new(5);
        batch.Add(3, 1, .7, .5f, weight: 1.5f); // the spy's own choice
        batch.Add(3, 2, .2, .5f, weight: 1.5f);
        batch.Add(3, 1, .7, .5f, weight: 0);
        batch.Add(3, 1, double.NaN, .5f);
        batch.Add(3, 2, .4, .5f, rewards: [.3, .6, .4]);
        stage.Process(batch.Batch);
        Assert.Equal([.. weights, 1.0], policy.Learned.Select(l => l.Weight));
        Assert.Equal((1, .7), (policy.Learned[0].Action, policy.Learned[0].Reward));
        Assert.Equal((1, .6), (policy.Learned[^1].Action, policy.Learned[^1].Reward));
    }

    [Fact]
    public void A_choice_depends_on_the_place_of_its_event_alone()
    {
        int[] whole = Choices(0), shifted = Choices(5);
        Assert.Equal(whole[5..], shifted[..^5]);
        Assert.Equal([0, 1, 2], whole.Distinct().Order());

        static int[] Choices(long first)
        {
            using PolicyOperator stage = new(new UniformPolicy(), new UniformOptions(), Binding());
            using DecisionBatch batch = new(100, Reals.Length, 1);
            for (int i = 0; i < 100; i++) batch.Add(3, 0, 0);
            foreach (ref Event e in batch.Batch.Events) e.Offset += first;
            stage.Process(batch.Batch);
            return batch.Batch.Column(new ColumnSlot<int>(0)).ToArray();
        }
    }

    private static void Fill(DecisionBatch batch, int count, bool expectedKnown, bool rewardsKnown)
    {
        CounterRng rng = new(1, 6);
        for (int i = 0; i < count; i++)
        {
            if (rng.NextBelow(10) == 0)
            {
                batch.Batch.Add().Kind = EventKind.Interaction;
                continue;
            }

            int actions = 1 + (int)rng.NextBelow(4), chosen = (int)rng.NextBelow((ulong)actions);
            double[] worth = new double[actions];
            foreach (ref double value in worth.AsSpan()) value = rng.NextDouble() - .2;
            batch.Add(
                actions, chosen, worth[chosen], (1 + rng.NextBelow(4)) / 4f, rng.NextBelow(4) / 2f, rewards: rewardsKnown ? worth : null, expected: expectedKnown ? [.. worth.Reverse()] : null);
        }
    }

    private static double Mean(IEnumerable<(double X, double W)> values)
    {
        (double X, double W)[] all = [.. values];
        return all.Sum(v => v.X * v.W) / all.Sum(v => v.W);
    }

    private static double Column(DecisionBatch batch, string name, int index) => batch.Batch.Column(new ColumnSlot<double>(Array.IndexOf(Reals, name)))[index];

    private static StageBinding Binding()
    {
        Dictionary<string, int> writes = Reals.Select((name, slot) => (name, slot)).ToDictionary(c => c.name, c => c.slot);
        writes["chosen"] = 0;
        return new StageBinding("p", 3, ValueRange.Unbounded, new Dictionary<string, int>(), writes);
    }

    /// <summary>Always chooses the second action, and remembers what it was given to learn.</summary>
    private sealed class Spy : IBanditPolicy
    {
        public List<(int Action, double Reward, double Weight)> Learned { get; } = [];

        public string StateTag => "spy";

        public int StateVersion => 1;

        public StateScope Scope => StateScope.Shard;

        public void Distribution(in Decision decision, ref CounterRng rng, Span<double> probabilities)
        {
            probabilities.Clear();
            probabilities[1] = 1;
        }

        public void Learn(in Decision decision, int action, double reward, double weight) => Learned.Add((action, reward, weight));

        public void Freeze(long epoch)
        {
        }

        public void Save(ref StateWriter writer)
        {
        }

        public void Restore(ref StateReader reader, int version)
        {
        }
    }
}
