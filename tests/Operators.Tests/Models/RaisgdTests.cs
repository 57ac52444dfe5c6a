using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class RaisgdTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    [InlineData(50, true)]
    public void It_follows_the_published_algorithm(int negatives, bool rotate)
    {
        RaisgdOptions options = new() { Factors = 5, Iterations = 4, LearningRate = .05, Regularization = .02, Negatives = negatives, Rotate = rotate };
        NormalRows<double> userRows = new(1, .1), itemRows = new(2, .1);
        using Raisgd<double> model = new(options, userRows, itemRows);
        PlainRows users = new(userRows, 5), items = new(itemRows, 5);
        List<ulong> queue = [];
        CounterRng rng = new(9, 9);
        for (int n = 0; n < 600; n++)
        {
            ulong user = 1 + rng.NextBelow(8), item = 1 + rng.NextBelow(12);
            double[] p = users[user], q = items[item];
            double score = model.ScoreThenLearn(new Example { User = user, Item = item, Weight = 1 }, out _);
            Assert.Equal(-Math.Abs(1 - PlainRows.Dot(p, q)), score, 1e-9);
            queue.Remove(item);
            ulong[] oldest = [.. queue.Take(negatives)];
            foreach (ulong other in oldest)
            {
                Step(p, [.. items[other]], target: 0, both: false);
                if (!rotate) continue;
                queue.Remove(other);
                queue.Add(other);
            }

            Step(p, q, target: 1, both: true);
            queue.Add(item);
        }
    }

    [Fact]
    public void Items_that_are_not_met_are_held_down()
    {
        IsgdOptions plain = new() { Ranking = IsgdRanking.Dot, LearningRate = .05 };
        RaisgdOptions negative = new() { Ranking = IsgdRanking.Dot, LearningRate = .05, Negatives = 5 };
        using Isgd<double> without = new(plain, 3);
        using Raisgd<double> with = new(negative, 3);
        for (int n = 0; n < 2000; n++)
        {
            // Users of two kinds, who never meet the items of the others.
            ulong user = 1 + ((ulong)n % 20), item = 1 + (2 * ((ulong)n / 20 % 10)) + (user % 2);
            Example example = new() { User = user, Item = item, Weight = 1 };
            without.Learn(example);
            with.Learn(example);
        }

        Assert.True(Foreign(with) < .7 * Foreign(without), $"{Foreign(with)} where it is {Foreign(without)} without negatives.");
    }

    private static double Foreign(Isgd<double> model)
    {
        double sum = 0;
        for (ulong user = 1; user <= 20; user++)
        {
            for (ulong k = 0; k < 10; k++) sum += model.Score(new Example { User = user, Item = 1 + (2 * k) + ((user + 1) % 2) });
        }

        return sum / 200;
    }

    private static void Step(double[] p, double[] q, double target, bool both)
    {
        for (int k = 0; k < 4; k++)
        {
            double error = target - PlainRows.Dot(p, q);
            for (int f = 0; f < p.Length; f++) p[f] += .05 * ((error * q[f]) - (.02 * p[f]));
            for (int f = 0; both && f < p.Length; f++) q[f] += .05 * ((error * p[f]) - (.02 * q[f]));
        }
    }
}
