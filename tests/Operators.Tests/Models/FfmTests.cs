using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class FfmTests
{
    private const int Factors = 3;

    [Theory]
    [InlineData(FmLoss.Squared, true, false, 8, 1 << 18)]
    [InlineData(FmLoss.Squared, false, true, 4, 1 << 18)]
    [InlineData(FmLoss.Logistic, true, true, 5, 1 << 18)]
    [InlineData(FmLoss.Squared, true, false, 4, 40)] // everything meets something else in its bucket
    public void It_follows_the_equations_written_plainly(FmLoss loss, bool linear, bool normalize, int fields, int dimensions)
    {
        FfmOptions options = new()
        {
            Factors = Factors,
            Fields = fields,
            Loss = loss,
            Linear = linear,
            Normalize = normalize,
            Dimensions = dimensions,
            LearningRate = .1,
            WeightLearningRate = .2,
            Regularization = .02,
            WeightRegularization = .01,
            Negatives = 2,
            Intercept = 1,
            HourOfDay = true,
        };
        ItemCatalogue catalogue = FeatureLog.Catalogue(60);
        using Ffm<double> model = new(options, 9, catalogue, ranking: false);
        PlainFeatures plain = new(options, new FeatureRates(FeatureOptimizer.Adagrad, .1, .2, .02, .01), fields * Factors, 1, catalogue, 9);
        List<ulong> order = [];
        HashSet<(ulong, ulong)> met = [];
        for (int n = 0; n < 400; n++)
        {
            (ulong user, ulong item, double value, long time) = FeatureLog.At(n, 20, 60);
            Example example = new() { User = user, Item = item, Value = value, Time = time, Weight = 1, Features = FeatureLog.Context(n) };
            List<(int Bucket, double Value, int Field)> side = plain.User(example);
            double expected = Score(plain, options, [.. side, .. plain.Item(item)]);
            Assert.Equal(expected, model.ScoreThenLearn(example), 1e-8 * (1 + Math.Abs(expected)));
            if (!order.Contains(item)) order.Add(item);
            Descend(plain, options, [.. side, .. plain.Item(item)], loss == FmLoss.Squared ? 2 * (expected - value) : Logistic(expected) - 1);
            CounterRng rng = new(CounterRng.Derive(9, "negatives"), (ulong)n);
            for (int negative = 0; negative < (loss == FmLoss.Squared ? 0 : 2); negative++)
            {
                for (int attempt = 0; attempt < 16; attempt++)
                {
                    ulong drawn = order[(int)rng.NextBelow((ulong)order.Count)];
                    if (drawn == item || met.Contains((user, drawn))) continue;
                    List<(int Bucket, double Value, int Field)> all = [.. side, .. plain.Item(drawn)];
                    Descend(plain, options, all, Logistic(Score(plain, options, all)));
                    break;
                }
            }

            met.Add((user, item));
        }
    }

    [Fact]
    public void Where_a_feature_helps_with_one_field_it_says_nothing_to_another()
    {
        // The user likes the item at one place and dislikes it at another: what fields tell apart.
        FfmOptions options = new() { InitSigma = .2, LearningRate = .3 };
        using Ffm<double> model = new(options, 4, ItemCatalogue.Empty);
        for (int n = 0; n < 2000; n++) model.Learn(At(n % 2, (ulong)(n / 2 % 2)));
        for (int n = 0; n < 4; n++) Assert.Equal(At(n % 2, (ulong)(n / 2)).Value, model.Score(At(n % 2, (ulong)(n / 2))), .5);

        static Example At(int place, ulong user) =>
            new() { User = 1 + user, Item = 1, Value = place == (int)user ? 5 : 1, Weight = 1, Features = (Feature[])[new Feature(5_000_000 + (ulong)place, 1)] };
    }

    private static double Score(PlainFeatures plain, FfmOptions options, List<(int Bucket, double Value, int Field)> all)
    {
        double scale = options.Normalize ? 1 / Math.Sqrt(all.Sum(f => f.Value * f.Value)) : 1;
        double score = options.Linear ? plain.Weight(plain.Intercept) + all.Sum(f => scale * f.Value * plain.Weight(f.Bucket)) : 0;
        for (int a = 0; a < all.Count; a++)
        {
            for (int b = a + 1; b < all.Count; b++)
            {
                for (int t = 0; t < Factors; t++)
                {
                    score += scale * scale * all[a].Value * all[b].Value
                        * plain.Latent(all[a].Bucket, (Field(options, all[b].Field) * Factors) + t) * plain.Latent(all[b].Bucket, (Field(options, all[a].Field) * Factors) + t);
                }
            }
        }

        return score;
    }

    // By the derivative of the score with respect to each latent in use, all at the old values; what is not in use stays, penalty and all.
    private static void Descend(PlainFeatures plain, FfmOptions options, List<(int Bucket, double Value, int Field)> all, double gradient)
    {
        double scale = options.Normalize ? 1 / Math.Sqrt(all.Sum(f => f.Value * f.Value)) : 1;
        List<(int Bucket, Dictionary<int, double> Slopes)> steps = [];
        for (int a = 0; a < all.Count; a++)
        {
            Dictionary<int, double> slopes = [];
            for (int b = 0; b < all.Count; b++)
            {
                if (a == b) continue;
                for (int t = 0; t < Factors; t++)
                {
                    int place = (Field(options, all[b].Field) * Factors) + t;
                    slopes[place] = slopes.GetValueOrDefault(place)
                        + (gradient * scale * scale * all[a].Value * all[b].Value * plain.Latent(all[b].Bucket, (Field(options, all[a].Field) * Factors) + t));
                }
            }

            if (options.Linear) slopes[options.Fields * Factors] = gradient * scale * all[a].Value;
            steps.Add((all[a].Bucket, slopes));
        }

        if (options.Linear) steps.Add((plain.Intercept, new Dictionary<int, double> { [options.Fields * Factors] = gradient }));
        foreach ((int bucket, Dictionary<int, double> slopes) in steps)
        {
            foreach ((int place, double slope) in slopes) plain.StepOne(bucket, place, slope);
        }
    }

    private static int Field(FfmOptions options, int field) => field < options.Fields ? field : 3 + ((field - 3) % (options.Fields - 3));

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
}
