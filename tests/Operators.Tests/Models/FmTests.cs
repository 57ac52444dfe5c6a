using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class FmTests
{
    private static readonly JsonElement Golden = GoldenTests.Read("factorization-machines.json");

    [Fact]
    public void It_predicts_by_the_defining_equation()
    {
        JsonElement golden = Golden.GetProperty("fm");
        FmOptions options = new() { Factors = 2 };
        FeatureHash hash = new(1, options.Dimensions);
        // The first feature is the user, the last the item; those between are the context.
        int[] buckets = [hash.User(5), hash.Context(1_000_001), hash.Context(1_000_002), hash.Item(6)];
        Dictionary<ulong, double[]> rows = buckets.Select((bucket, i) => ((ulong)bucket, (double[])[.. Numbers(golden.GetProperty("V")[i]), golden.GetProperty("w")[i].GetDouble()])).ToDictionary();
        rows[(ulong)hash.Intercept] = [0, 0, golden.GetProperty("w0").GetDouble()];
        double[] x = Numbers(golden.GetProperty("x"));
        options.Intercept = rows[(ulong)hash.Intercept][^1];
        using Fm<double> model = new(options, new GivenRows(rows), ItemCatalogue.Empty, seed: 1);
        Assert.Equal((1.0, 1.0), (x[0], x[3]));
        Example example = new() { User = 5, Item = 6, Features = [new Feature(1_000_001, (float)x[1]), new Feature(1_000_002, (float)x[2])] };
        Assert.Equal(golden.GetProperty("y").GetDouble(), model.Score(example), 1e-12);

        foreach (double[] row in rows.Values) row[^1] = 0;
        options.Intercept = 0;
        using Fm<double> pairsAlone = new(options, new GivenRows(rows), ItemCatalogue.Empty, seed: 1);
        Assert.Equal(golden.GetProperty("pairwise").GetDouble(), pairsAlone.Score(example), 1e-12);
        Assert.Equal(golden.GetProperty("pairwise_linear_time").GetDouble(), pairsAlone.Score(example), 1e-12);
    }

    [Fact]
    public void It_predicts_the_published_value()
    {
        JsonElement golden = Golden.GetProperty("fm_toy");
        FmOptions options = new()
        {
            Factors = 10,
            Optimizer = FeatureOptimizer.Sgd,
            LearningRate = .01,
            WeightLearningRate = .01,
            Regularization = 0,
            Intercept = golden.GetProperty("intercept").GetDouble(),
        };
        FeatureHash hash = new(1, options.Dimensions);
        Dictionary<ulong, double[]> rows = golden.GetProperty("init_latents_in_draw_order").EnumerateObject().ToDictionary(
            p => (ulong)(p.Name.Contains("user:", StringComparison.Ordinal) ? hash.User(Key(p.Name.Replace("user:", "", StringComparison.Ordinal))) : hash.Item(Key(p.Name.Replace("item:", "", StringComparison.Ordinal)))),
            p => (double[])[.. Numbers(p.Value), 0]);
        Assert.Equal(9, rows.Count);
        rows[(ulong)hash.Intercept] = [.. new double[10], options.Intercept];
        using Fm<double> model = new(options, new GivenRows(rows), ItemCatalogue.Empty, seed: 1);
        foreach (JsonElement row in golden.GetProperty("rows").EnumerateArray())
            model.Learn(new Example { User = Key(row[0].GetString()!), Item = Key(row[1].GetString()!), Value = row[2].GetDouble(), Weight = 1 });
        double expected = golden.GetProperty("expected").GetDouble();
        Assert.Equal(5.236504251477, expected, 1e-9);
        Assert.Equal(expected, model.Score(new Example { User = Key("predicted Bob"), Item = Key("predicted Harry Potter") }), 1e-9);
        Assert.Equal(golden.GetProperty("expected_known_pair").GetDouble(), model.Score(new Example { User = Key("Bob"), Item = Key("Harry Potter") }), 1e-9);
    }

    [Theory]
    [InlineData(FmLoss.Squared, FeatureOptimizer.Sgd, 1 << 18)]
    [InlineData(FmLoss.Squared, FeatureOptimizer.Adagrad, 1 << 18)]
    [InlineData(FmLoss.Squared, FeatureOptimizer.Ftrl, 1 << 18)]
    [InlineData(FmLoss.Logistic, FeatureOptimizer.Adagrad, 1 << 18)]
    [InlineData(FmLoss.Logistic, FeatureOptimizer.Ftrl, 1 << 18)]
    [InlineData(FmLoss.Squared, FeatureOptimizer.Adagrad, 40)] // everything meets something else in its bucket
    [InlineData(FmLoss.Logistic, FeatureOptimizer.Sgd, 40)]
    public void It_follows_the_equations_written_plainly(FmLoss loss, FeatureOptimizer optimizer, int dimensions)
    {
        FmOptions options = new()
        {
            Factors = 5,
            Loss = loss,
            Optimizer = optimizer,
            Dimensions = dimensions,
            LearningRate = .02,
            WeightLearningRate = .03,
            Regularization = .01,
            WeightRegularization = .02,
            L1 = .01,
            Beta = .5,
            Negatives = 3,
            Intercept = 1,
            HourOfDay = true,
            DayOfWeek = true,
        };
        ItemCatalogue catalogue = FeatureLog.Catalogue(60);
        using Fm<double> model = new(options, 9, catalogue, ranking: false);
        FeatureRates rates = new(optimizer, .02, .03, .01, .02, .01, .5);
        PlainFeatures plain = new(options, rates, 5, 1, catalogue, 9);
        List<ulong> order = [];
        HashSet<(ulong, ulong)> met = [];
        for (int n = 0; n < 500; n++)
        {
            (ulong user, ulong item, double value, long time) = FeatureLog.At(n, 20, 60);
            Example example = new() { User = user, Item = item, Value = value, Time = time, Weight = 1, Features = FeatureLog.Context(n) };
            List<(int Bucket, double Value, int Field)> side = plain.User(example);
            double expected = Score(plain, [.. side, .. plain.Item(item)]);
            Assert.Equal(expected, model.Score(example), 1e-9 * (1 + Math.Abs(expected)));
            model.Learn(example);
            if (!order.Contains(item)) order.Add(item);
            Descend(plain, side, plain.Item(item), loss == FmLoss.Squared ? 2 * (expected - value) : Logistic(expected) - 1);
            CounterRng rng = new(CounterRng.Derive(9, "negatives"), (ulong)n);
            for (int negative = 0; negative < (loss == FmLoss.Squared ? 0 : 3); negative++)
            {
                for (int attempt = 0; attempt < 16; attempt++)
                {
                    ulong drawn = order[(int)rng.NextBelow((ulong)order.Count)];
                    if (drawn == item || met.Contains((user, drawn))) continue;
                    Descend(plain, side, plain.Item(drawn), Logistic(Score(plain, [.. side, .. plain.Item(drawn)])));
                    break;
                }
            }

            met.Add((user, item));
        }
    }

    [Fact]
    public void With_l1_ftrl_sets_what_is_weak_to_nothing()
    {
        FmOptions options = new() { Optimizer = FeatureOptimizer.Ftrl, L1 = 500, InitSigma = 0 };
        using Fm<double> model = new(options, 9, ItemCatalogue.Empty);
        for (int n = 0; n < 20; n++) model.Learn(new Example { User = 1, Item = 2, Value = 3, Weight = 1 });
        Assert.Equal(0, model.Score(new Example { User = 1, Item = 2 }));
    }

    [Fact]
    public void An_item_nobody_has_met_scores_by_its_features()
    {
        ItemCatalogue.Builder builder = new();
        foreach (ulong item in (ulong[])[1, 2, 3, 4]) builder.TryAdd(item, [new Feature(1_000_000 + (item % 2), 1)], ItemLife.Always, null);
        using Fm<double> model = new(new FmOptions(), 9, builder.Build());
        for (int n = 0; n < 200; n++) model.Learn(new Example { User = 1 + ((ulong)n % 7), Item = 1 + ((ulong)n % 2), Value = n % 2 == 0 ? 5 : 1, Weight = 1 });
        Assert.True(model.Score(new Example { User = 1, Item = 3 }) > model.Score(new Example { User = 1, Item = 4 }) + .5);
    }

    [Fact]
    public void Feature_values_beyond_all_bounds_lose_no_more_than_their_own_events()
    {
        using Fm<float> model = new(new FmOptions(), 9, ItemCatalogue.Empty);
        for (int n = 0; n < 300; n++)
        {
            (ulong user, ulong item, double value, long time) = FeatureLog.At(n, 10, 10);
            Feature[] features = n % 10 == 0 ? [new Feature(3_000_000, float.MaxValue), new Feature(3_000_001, -float.MaxValue)] : [];
            model.Learn(new Example { User = user, Item = item, Value = value, Time = time, Weight = 1, Features = features });
        }

        Assert.InRange(model.Score(new Example { User = 1, Item = 1 }), 0, 6);
    }

    internal static double Score(PlainFeatures plain, List<(int Bucket, double Value, int Field)> features)
    {
        double score = plain.Weight(plain.Intercept);
        foreach ((int bucket, double value, _) in features) score += value * plain.Weight(bucket);
        for (int a = 0; a < features.Count; a++)
        {
            for (int b = a + 1; b < features.Count; b++)
            {
                for (int t = 0; t < 5; t++) score += features[a].Value * features[b].Value * plain.Latent(features[a].Bucket, t) * plain.Latent(features[b].Bucket, t);
            }
        }

        return score;
    }

    private static void Descend(PlainFeatures plain, List<(int Bucket, double Value, int Field)> user, List<(int Bucket, double Value, int Field)> item, double gradient)
    {
        List<(int Bucket, double Value, int Field)> all = [.. user, .. item];
        double[] sum = [.. Enumerable.Range(0, 5).Select(t => all.Sum(f => f.Value * plain.Latent(f.Bucket, t)))];
        plain.Step(plain.Intercept, _ => 0, gradient);
        foreach ((int bucket, double value, _) in all) plain.Step(bucket, t => gradient * value * (sum[t] - (value * plain.Latent(bucket, t))), gradient * value);
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    private static ulong Key(string name) => name.Aggregate(1UL, (key, letter) => (key * 131) + letter);

    private static double[] Numbers(JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetDouble())];

    private sealed class GivenRows(Dictionary<ulong, double[]> rows) : IRowInitializer<double>
    {
        public string Description => "given";

        public void Fill(ulong key, Span<double> row) => rows[key].CopyTo(row);
    }
}
