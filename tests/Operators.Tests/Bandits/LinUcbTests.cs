using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Operators.Bandits;
using Streaming.Operators.Bandits.Linear;
using Streaming.Operators.Bandits.Policies;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

public sealed class LinUcbTests
{
    [Fact]
    public void Scores_are_the_published_ones()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "linucb-disjoint.json")));
        float[][] history = Rows<float>(golden.RootElement.GetProperty("context_history")), queries = Rows<float>(golden.RootElement.GetProperty("query_contexts"));
        Assert.NotEqual(0, golden.RootElement.GetProperty("cases").GetArrayLength());
        foreach (JsonElement test in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            using LinUcb policy = new(new LinUcbOptions { Alpha = test.GetProperty("alpha").GetDouble(), Intercept = false });
            int[] decisions = test.GetProperty("decisions").Deserialize<int[]>()!;
            double[] rewards = test.GetProperty("rewards").Deserialize<double[]>()!, scores = new double[3];
            using DecisionBatch batch = new(20);
            for (int i = 0; i < history.Length; i++) policy.Learn(batch[Add(batch, history[i])], decisions[i] - 1, rewards[i], 1);
            double[][] expected = Rows<double>(test.GetProperty("recomputed_exact"));
            for (int q = 0; q < queries.Length; q++)
            {
                policy.Score(batch[Add(batch, queries[q])], scores);
                for (int a = 0; a < 3; a++) Assert.Equal(expected[q][a], scores[a], 1e-12);
            }
        }
    }

    [Theory]
    [InlineData(1, 1.0, false)]
    [InlineData(2, .01, false)]
    [InlineData(3, 5.0, true)]
    public void Scores_are_those_of_solving_anew_while_features_and_arms_come(ulong seed, double lambda, bool weighted)
    {
        const int Dimensions = 60;
        using LinUcb policy = new(new LinUcbOptions { Dimensions = Dimensions, Lambda = lambda, Alpha = .7 });
        using ReferenceRidge reference = new(Dimensions, lambda, .7);
        CounterRng rng = new(seed, 1);
        double[] scores = new double[6];
        for (int n = 0; n < 600; n++)
        {
            using DecisionBatch batch = new(1);
            Decision decision = batch[Random(batch, ref rng, n)];
            policy.Score(decision, scores);
            for (int a = 0; a < scores.Length; a++) Assert.Equal(reference.Score(decision, a), scores[a], 1e-9 * (1 + Math.Abs(scores[a])));
            int action = (int)rng.NextBelow(6);
            double reward = rng.NextNormal(), weight = weighted ? 3 * rng.NextDouble() : 1;
            policy.Learn(decision, action, reward, weight);
            reference.Learn(decision, action, reward, weight);
        }

        Assert.Equal(0, policy.Resets);
    }

    [Fact]
    public void Many_updates_stay_within_the_stated_error()
    {
        using LinUcb policy = new(new LinUcbOptions { Dimensions = 16, Lambda = 1e-3 });
        using ReferenceRidge reference = new(16, 1e-3, 1);
        CounterRng rng = new(9, 9);
        double[] score = new double[1];
        for (int n = 0; n < 9000; n++)
        {
            using DecisionBatch batch = new(1);
            float common = (float)rng.NextNormal();
            float[] x = new float[8];
            foreach (ref float value in x.AsSpan()) value = common + (.1f * (float)rng.NextNormal()); // far from orthogonal
            Decision decision = batch[batch.Add(DecisionBatch.Dense(x), [(1, [])])];
            if (n % 500 > 497 || (n > 4080 && n < 4110))
            {
                policy.Score(decision, score);
                Assert.Equal(reference.Score(decision, 0), score[0], 1e-9);
            }

            double reward = x[0] - x[1] + rng.NextNormal();
            policy.Learn(decision, 0, reward, 1);
            reference.Learn(decision, 0, reward, 1);
        }
    }

    [Fact]
    public void Few_features_of_many_give_the_same_as_all_of_them()
    {
        using LinUcb policy = new(new LinUcbOptions { Dimensions = 256 });
        CounterRng rng = new(4, 2);
        double[] sparse = new double[1], dense = new double[1];
        Feature[] zeros = [.. Enumerable.Range(0, 100).Select(i => new Feature((ulong)i, 0))];
        for (int n = 0; n < 400; n++)
        {
            using DecisionBatch batch = new(2);
            Feature[] few = [.. Enumerable.Range(0, 3).Select(_ => new Feature(rng.NextBelow(100), (float)rng.NextNormal()))];
            batch.Add(few, [(1, [])]);
            batch.Add([.. few, .. zeros], [(1, [])]);
            policy.Score(batch[0], sparse);
            policy.Score(batch[1], dense);
            Assert.Equal(dense[0], sparse[0], 1e-12);
            policy.Learn(batch[n % 2], 0, rng.NextNormal(), 1);
        }
    }

    [Fact]
    public void An_arm_without_room_takes_that_of_the_one_pulled_longest_ago()
    {
        LinUcbOptions options = new() { Dimensions = 7, Arms = 100 };
        options.MaxBytes = 3 * RidgeArms.BlockBytes(options);
        using LinUcb policy = new(options);
        using ReferenceRidge reference = new(7, 1, 1);
        CounterRng rng = new(8, 8);
        List<ulong> held = [];
        double[] scores = new double[8];
        long evictions = 0;
        for (int n = 0; n < 300; n++)
        {
            using DecisionBatch batch = new(1);
            Decision decision = batch[batch.Add(
                DecisionBatch.Dense((float)rng.NextNormal(), (float)rng.NextNormal()), [.. Enumerable.Range(1, 8).Select(a => ((ulong)a, Array.Empty<Feature>()))])];
            policy.Score(decision, scores);
            for (int a = 0; a < scores.Length; a++) Assert.Equal(reference.Score(decision, a), scores[a], 1e-10);
            int action = (int)Math.Min(rng.NextBelow(8), rng.NextBelow(8));
            ulong arm = (ulong)action + 1;
            policy.Learn(decision, action, 1, 1);
            reference.Learn(decision, action, 1, 1);
            held.Remove(arm);
            held.Add(arm);
            if (held.Count <= 3) continue;
            reference.Forget(held[0]);
            held.RemoveAt(0);
            evictions++;
        }

        StageReport report = new("x", "lin-ucb");
        ((IPolicyReport)policy).Report(report);
        Assert.Equal((3, evictions), (report["arms"].Integer, report["evictions"].Integer));
    }

    [Fact]
    public void An_arm_that_is_no_longer_finite_starts_anew_and_is_counted()
    {
        using LinUcb policy = new(new LinUcbOptions());
        using DecisionBatch batch = new(2);
        batch.Add(DecisionBatch.Dense(3e38f), [(1, []), (2, [])]);
        batch.Add(DecisionBatch.Dense(1), [(1, []), (2, [])]);
        double[] scores = new double[2];
        policy.Learn(batch[0], 0, double.MaxValue, 1);
        Assert.Equal(1, policy.Resets);
        policy.Score(batch[1], scores);
        Assert.Equal(scores[1], scores[0]);
        Assert.Equal(Math.Sqrt(2), scores[0], 1e-15);
        policy.Learn(batch[1], 0, 1, 1);
        policy.Score(batch[1], scores);
        Assert.Equal((2 / 3.0) + Math.Sqrt(2 / 3.0), scores[0], 1e-14);
    }

    [Fact]
    public void A_restored_policy_takes_room_from_the_same_arms_also_where_arms_grow()
    {
        LinUcbOptions options = new() { Dimensions = 40, Arms = 6 };
        options.MaxBytes = 2 * RidgeArms.BlockBytes(options);
        using LinUcb policy = new(options);
        LinUcb copy = new(options);
        CounterRng rng = new(8, 9);
        double[] scores = new double[9], again = new double[9];
        for (int n = 0; n < 600; n++)
        {
            if (n % 50 == 0)
            {
                copy.Dispose();
                copy = new LinUcb(options);
                StateBytes.Restore(copy, StateBytes.Save(policy));
            }

            using DecisionBatch batch = new(1);
            Decision decision = batch[batch.Add(
                DecisionBatch.Named(rng.NextBelow(3 + ((ulong)n / 20)), 1000), [.. Enumerable.Range(1, 9).Select(a => ((ulong)a, Array.Empty<Feature>()))])];
            policy.Score(decision, scores);
            copy.Score(decision, again);
            Assert.Equal(scores, again);
            int action = (int)Math.Min(rng.NextBelow(9), rng.NextBelow(9));
            policy.Learn(decision, action, 1, 1);
            copy.Learn(decision, action, 1, 1);
            Assert.Equal(StateBytes.Save(policy), StateBytes.Save(copy));
        }

        copy.Dispose();
    }

    [Fact]
    public void Options_that_hold_no_arm_are_told()
    {
        LinUcbOptions options = new() { Dimensions = 1000, MaxBytes = 1 << 20 };
        Assert.Equal(nameof(LinUcbOptions.MaxBytes), Assert.Single(options.Validate()).Option);
        Assert.Throws<ArgumentException>(() => new LinUcb(options));
        Assert.Empty(new LinUcbOptions().Validate());
        Assert.Single(new ThompsonOptions { Low = 1 }.Validate());
    }

    private static int Add(DecisionBatch batch, float[] context) => batch.Add(DecisionBatch.Dense(context), [(1, []), (2, []), (3, [])]);

    private static int Random(DecisionBatch batch, ref CounterRng rng, int n)
    {
        ulong named = 3 + ((ulong)n / 20);
        Feature[] context = [.. DecisionBatch.Dense((float)rng.NextNormal(), (float)rng.NextNormal()), .. DecisionBatch.Named(rng.NextBelow(named))];
        (ulong, Feature[])[] actions = new (ulong, Feature[])[6];
        for (int a = 0; a < actions.Length; a++) actions[a] = ((ulong)a + 1, [.. DecisionBatch.Dense((float)rng.NextNormal()), .. DecisionBatch.Named(rng.NextBelow(named))]);
        return batch.Add(context, actions);
    }

    private static T[][] Rows<T>(JsonElement rows) => rows.Deserialize<T[][]>()!;
}
