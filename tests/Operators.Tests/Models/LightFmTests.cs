using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class LightFmTests
{
    private const int Factors = 5;

    [Theory]
    [InlineData(LightFmLoss.Warp, true, 1 << 18)]
    [InlineData(LightFmLoss.Bpr, true, 1 << 18)]
    [InlineData(LightFmLoss.Logistic, true, 1 << 18)]
    [InlineData(LightFmLoss.Warp, false, 1 << 18)]
    [InlineData(LightFmLoss.Logistic, true, 50)] // everything meets something else in its bucket
    public void It_follows_the_equations_written_plainly(LightFmLoss loss, bool identity, int dimensions)
    {
        LightFmOptions options = new()
        {
            Factors = Factors,
            Loss = loss,
            Identity = identity,
            Dimensions = dimensions,
            LearningRate = .2,
            BiasLearningRate = .1,
            Regularization = .02,
            BiasRegularization = .01,
            Samples = 3,
            MaxTrials = 8,
            Margin = .3,
            MaxNorm = .6,
            InitSigma = .1,
        };
        ItemCatalogue catalogue = FeatureLog.Catalogue(60);
        using LightFm<double> model = new(options, 9, catalogue, ranking: false);
        PlainFeatures plain = new(options, new FeatureRates(FeatureOptimizer.Adagrad, .2, .1, .02, .01), Factors, 0, catalogue, 9, identity);
        List<ulong> order = [];
        HashSet<(ulong, ulong)> met = [];
        int steps = 0;
        for (int n = 0; n < 500; n++)
        {
            (ulong user, ulong item, _, long time) = FeatureLog.At(n, 20, 60);
            Example example = new() { User = user, Item = item, Time = time, Weight = 1, Features = FeatureLog.Context(n) };
            List<(int Bucket, double Value, int Field)> own = plain.User(example), its = plain.Item(item);
            Assert.Equal(Score(plain, own, its), model.ScoreThenLearn(example, out _), 1e-8);
            if (!order.Contains(item)) order.Add(item);
            if (loss == LightFmLoss.Logistic) Fit(plain, own, its, 1);
            CounterRng rng = new(CounterRng.Derive(9, "negatives"), (ulong)n);
            for (int sample = 0; sample < 3; sample++)
            {
                double bound = Score(plain, own, its) - .3;
                for (int trial = 1; trial <= (loss == LightFmLoss.Warp ? 8 : 1); trial++)
                {
                    ulong drawn = Draw(order, met, user, item, ref rng);
                    if (drawn == 0) break;
                    List<(int Bucket, double Value, int Field)> other = plain.Item(drawn);
                    double ahead = Score(plain, own, its) - Score(plain, own, other);
                    if (loss == LightFmLoss.Warp && Score(plain, own, other) <= bound) continue;
                    steps++;
                    if (loss == LightFmLoss.Logistic) Fit(plain, own, other, 0);
                    else Separate(plain, own, its, other, loss == LightFmLoss.Bpr ? Logistic(-ahead) : Math.Clamp(Math.Log(Math.Max(1, (order.Count - 1) / trial)), 1, 10));
                    break;
                }
            }

            met.Add((user, item));
        }

        Assert.True(steps > 800, $"Only {steps} steps.");
    }

    [Fact]
    public void Items_with_the_same_features_score_alike_without_identity()
    {
        ItemCatalogue.Builder builder = new();
        foreach (ulong item in (ulong[])[1, 2, 3, 4]) builder.TryAdd(item, [new Feature(1_000_000 + (item % 2), 1)], ItemLife.Always, null);
        using LightFm<float> alike = new(new LightFmOptions { Identity = false }, 3, builder.Build()), apart = new(new LightFmOptions(), 3, builder.Build());
        for (ulong n = 0; n < 60; n++)
        {
            Example example = new() { User = 1 + (n % 5), Item = 1 + (n % 3), Weight = 1 };
            alike.Learn(example);
            apart.Learn(example);
        }

        Example first = new() { User = 1, Item = 1 }, third = first with { Item = 3 };
        Assert.Equal(alike.Score(first), alike.Score(third));
        Assert.NotEqual(apart.Score(first), apart.Score(third));
    }

    private static double Score(PlainFeatures plain, List<(int Bucket, double Value, int Field)> user, List<(int Bucket, double Value, int Field)> item) =>
        user.Concat(item).Sum(f => f.Value * plain.Weight(f.Bucket)) + Enumerable.Range(0, Factors).Sum(t => Sum(plain, user, t) * Sum(plain, item, t));

    private static double Sum(PlainFeatures plain, List<(int Bucket, double Value, int Field)> side, int t) => side.Sum(f => f.Value * plain.Latent(f.Bucket, t));

    private static double[] Sums(PlainFeatures plain, List<(int Bucket, double Value, int Field)> side) => [.. Enumerable.Range(0, Factors).Select(t => Sum(plain, side, t))];

    private static void Step(PlainFeatures plain, List<(int Bucket, double Value, int Field)> side, double gradient, double[] along, bool weights = true)
    {
        foreach ((int bucket, double value, _) in side)
        {
            plain.Step(bucket, t => gradient * value * along[t], weights ? gradient * value : 0);
            double length = Math.Sqrt(Enumerable.Range(0, Factors).Sum(t => plain.Latent(bucket, t) * plain.Latent(bucket, t)));
            if (length > .6) plain.Scale(bucket, .6 / length);
        }
    }

    private static void Fit(PlainFeatures plain, List<(int Bucket, double Value, int Field)> user, List<(int Bucket, double Value, int Field)> item, double target)
    {
        double gradient = Logistic(Score(plain, user, item)) - target;
        double[] p = Sums(plain, user), q = Sums(plain, item);
        Step(plain, user, gradient, q);
        Step(plain, item, gradient, p);
    }

    private static void Separate(
        PlainFeatures plain, List<(int Bucket, double Value, int Field)> user, List<(int Bucket, double Value, int Field)> item, List<(int Bucket, double Value, int Field)> other, double gradient)
    {
        double[] p = Sums(plain, user), q = Sums(plain, item), n = Sums(plain, other);
        Step(plain, user, -gradient, [.. q.Zip(n, (a, b) => a - b)], weights: false);
        Step(plain, item, -gradient, p);
        Step(plain, other, gradient, p);
    }

    private static ulong Draw(List<ulong> order, HashSet<(ulong, ulong)> met, ulong user, ulong item, ref CounterRng rng)
    {
        for (int attempt = 0; attempt < 16; attempt++)
        {
            ulong drawn = order[(int)rng.NextBelow((ulong)order.Count)];
            if (drawn != item && !met.Contains((user, drawn))) return drawn;
        }

        return 0;
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
}
