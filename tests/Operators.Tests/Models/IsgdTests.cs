using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class IsgdTests
{
    [Theory]
    [InlineData(1, IsgdRanking.Distance)]
    [InlineData(10, IsgdRanking.Distance)]
    [InlineData(10, IsgdRanking.Dot)]
    public void It_follows_the_published_algorithm(int iterations, IsgdRanking ranking)
    {
        IsgdOptions options = new() { Factors = 5, Iterations = iterations, LearningRate = .05, Regularization = .02, Ranking = ranking };
        NormalRows<double> userRows = new(1, .1), itemRows = new(2, .1);
        using Isgd<double> model = new(options, userRows, itemRows);
        Dictionary<ulong, double[]> users = [], items = [];
        CounterRng rng = new(9, 9);
        for (int n = 0; n < 500; n++)
        {
            ulong user = 1 + rng.NextBelow(8), item = 1 + rng.NextBelow(12);
            double[] p = Row(users, userRows, user), q = Row(items, itemRows, item);
            double dot = p.Zip(q, (a, b) => a * b).Sum();
            double expected = ranking == IsgdRanking.Distance ? -Math.Abs(1 - dot) : dot;
            double score = model.ScoreThenLearn(new Example { User = user, Item = item, Weight = 1 }, out double loss);
            Assert.Equal(expected, score, 1e-9);
            Assert.Equal(-Math.Log(Math.Clamp(1 - Math.Abs(1 - dot), 1e-6, 1 - 1e-6)), loss, 1e-6);
            for (int k = 0; k < iterations; k++)
            {
                double error = 1 - p.Zip(q, (a, b) => a * b).Sum();
                for (int f = 0; f < 5; f++) p[f] += .05 * ((error * q[f]) - (.02 * p[f]));
                for (int f = 0; f < 5; f++) q[f] += .05 * ((error * p[f]) - (.02 * q[f]));
            }
        }
    }

    private static double[] Row(Dictionary<ulong, double[]> rows, NormalRows<double> initial, ulong key)
    {
        if (rows.TryGetValue(key, out double[]? row)) return row;
        rows.Add(key, row = new double[5]);
        initial.Fill(key, row);
        return row;
    }
}
