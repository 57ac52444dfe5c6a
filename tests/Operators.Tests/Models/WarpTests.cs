using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class WarpTests
{
    [Theory]
    [InlineData(WarpWeight.Harmonic, NegativeSampling.Uniform, .4, 10, 1)]
    [InlineData(WarpWeight.Log, NegativeSampling.Uniform, 10, 3, 2)]
    [InlineData(WarpWeight.Harmonic, NegativeSampling.Popularity, 10, 50, 3)]
    public void It_follows_the_published_algorithm(WarpWeight weighting, NegativeSampling sampling, double maxNorm, int maxTrials, int samples)
    {
        WarpOptions options = new()
        {
            Factors = 5,
            LearningRate = .05,
            Regularization = .03,
            BiasLearningRate = .04,
            BiasRegularization = .02,
            Sampling = sampling,
            Weighting = weighting,
            MaxNorm = maxNorm,
            MaxTrials = maxTrials,
            Margin = .2,
            Samples = samples,
        };
        NormalRows<double> userRows = new(1, .1), itemRows = new(2, .1);
        using Warp<double> model = new(options, userRows, itemRows, seed: 6);
        PlainPairwise plain = new(options, userRows, itemRows, seed: 6);
        CounterRng rng = new(9, 9);
        (int steps, int shortened, int further) = (0, 0, 0);
        for (int n = 0; n < 700; n++)
        {
            ulong user = 1 + rng.NextBelow(20), item = 1 + Math.Min(rng.NextBelow(150), rng.NextBelow(150));
            double expected = plain.Score(user, item);
            Assert.Equal(expected, model.ScoreThenLearn(new Example { User = user, Item = item, Weight = 1 }, out _), 1e-9);
            CounterRng draws = plain.Begin(item);
            for (int sample = 0; sample < samples; sample++)
            {
                int trials = Search(plain, options, user, item, ref draws, ref shortened);
                if (trials > 0) steps++;
                if (trials > 1) further++;
            }

            plain.End(user, item);
        }

        Assert.True(steps > 300 && further > 20, $"{steps} steps, {further} of them after the first trial.");
        Assert.Equal(maxNorm < 1, shortened > 100);
    }

    // The trials it took; 0 if there was no step.
    private static int Search(PlainPairwise plain, WarpOptions options, ulong user, ulong item, ref CounterRng draws, ref int shortened)
    {
        double bound = plain.Score(user, item) - options.Margin;
        for (int trial = 1; trial <= options.MaxTrials; trial++)
        {
            ulong drawn = plain.Draw(user, item, ref draws);
            if (drawn == 0) return 0;
            if (plain.Score(user, drawn) <= bound) continue;
            int rank = Math.Max(1, (plain.Count - 1) / trial);
            double harmonic = 0;
            for (int r = 1; r <= rank; r++) harmonic += 1.0 / r;
            plain.Step(user, item, drawn, options.Weighting == WarpWeight.Log ? Math.Clamp(Math.Log(rank), 1, 10) : harmonic);
            foreach (double[] row in (double[][])[plain.User(user), plain.Item(item), plain.Item(drawn)])
            {
                double length = Math.Sqrt(PlainRows.Dot(row, row));
                if (length <= options.MaxNorm) continue;
                shortened++;
                for (int f = 0; f < row.Length; f++) row[f] *= options.MaxNorm / length;
            }

            return trial;
        }

        return 0;
    }
}
