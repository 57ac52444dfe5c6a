using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class EalsTests
{
    [Theory]
    [InlineData(1, .5, 1000, 1000, 100_000)]
    [InlineData(3, .75, 1000, 1000, 100_000)]
    [InlineData(2, 0, 7, 4, 60)]
    public void A_sweep_is_that_over_all_cells(int iterations, double exponent, int userHistory, int itemHistory, int interactions)
    {
        EalsOptions options = new()
        {
            Factors = 5,
            MissingWeight = 6,
            Exponent = exponent,
            Weight = 2,
            Regularization = .1,
            Iterations = iterations,
            Users = 100,
            Items = 100,
            UserHistory = userHistory,
            ItemHistory = itemHistory,
            Interactions = interactions,
            ResumEvery = 170,
        };
        NormalRows<double> userRows = new(1, .3), itemRows = new(2, .3);
        using Eals<double> model = new(options, userRows, itemRows);
        PlainAlternating plain = new(options, userRows, itemRows);
        Dictionary<ulong, int> times = [];
        CounterRng rng = new(9, 9);
        for (int n = 0; n < 500; n++)
        {
            ulong user = 1 + rng.NextBelow(12), item = 1 + Math.Min(rng.NextBelow(40), rng.NextBelow(40));
            float weight = n % 7 == 0 ? 2.5f : 1;
            Assert.Equal(plain.Score(user, item), model.ScoreThenLearn(new Example { User = user, Item = item, Weight = weight }, out _), 1e-9);
            plain.Meet(user, item, weight);
            times[item] = times.GetValueOrDefault(item) + 1;
            double all = times.Values.Sum(t => Math.Pow(t, exponent));
            double Missing(ulong i) => options.MissingWeight * Math.Pow(times[i], exponent) / all;
            for (int k = 0; k < iterations; k++)
            {
                Sweep(options, plain.Users[user], plain.Items.All, plain.OfUser(user), Missing);
                Sweep(options, plain.Items[item], plain.Users.All, plain.OfItem(item), _ => Missing(item));
            }

            if (n % 100 != 50) continue;
            model.Forget(user);
            plain.Forget(user);
        }

        for (ulong user = 1; user <= 12; user++)
        {
            for (ulong item = 1; item <= 40; item++) Assert.Equal(plain.Score(user, item), model.Score(new Example { User = user, Item = item }), 1e-9);
        }
    }

    [Fact]
    public void Sums_kept_up_by_corrections_are_those_over_all_rows()
    {
        using Eals<double> one = new(Options(resumEvery: 1), 3), two = new(Options(resumEvery: 1 << 30), 3);
        AlternatingDrift.Check(one, two);
    }

    private static EalsOptions Options(int resumEvery) =>
        new() { Factors = 6, MissingWeight = 8, Regularization = .1, Users = 30, Items = 40, Interactions = 200, ResumEvery = resumEvery };

    // Each element is the best one while the others stay: the quotient of two sums over every cell of the row.
    private static void Sweep(EalsOptions options, double[] row, IEnumerable<(ulong Key, double[] Row)> others, Dictionary<ulong, double> met, Func<ulong, double> missing)
    {
        for (int f = 0; f < row.Length; f++)
        {
            double above = 0, below = options.Regularization;
            foreach ((ulong key, double[] x) in others)
            {
                bool isMet = met.TryGetValue(key, out double times);
                double weight = isMet ? options.Weight * times : missing(key);
                double without = PlainRows.Dot(row, x) - (row[f] * x[f]);
                above += weight * ((isMet ? 1 : 0) - without) * x[f];
                below += weight * x[f] * x[f];
            }

            row[f] = above / below;
        }
    }
}
