using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class IalsTests
{
    [Theory]
    [InlineData(1000, 1000, 100_000)]
    [InlineData(7, 4, 100_000)]
    [InlineData(7, 4, 60)]
    public void An_event_solves_the_equations_over_all_cells_exactly(int userHistory, int itemHistory, int interactions)
    {
        IalsOptions options = new()
        {
            Factors = 5,
            Alpha = 3,
            Regularization = .2,
            Users = 100,
            Items = 100,
            UserHistory = userHistory,
            ItemHistory = itemHistory,
            Interactions = interactions,
            ResumEvery = 170,
        };
        NormalRows<double> userRows = new(1, .3), itemRows = new(2, .3);
        using Ials<double> model = new(options, userRows, itemRows);
        PlainAlternating plain = new(options, userRows, itemRows);
        CounterRng rng = new(9, 9);
        for (int n = 0; n < 600; n++)
        {
            ulong user = 1 + rng.NextBelow(12), item = 1 + Math.Min(rng.NextBelow(40), rng.NextBelow(40));
            float weight = n % 7 == 0 ? 2.5f : 1;
            Assert.Equal(plain.Score(user, item), model.ScoreThenLearn(new Example { User = user, Item = item, Weight = weight }, out _), 1e-9);
            plain.Meet(user, item, weight);
            Solve(options, plain.Items.All, plain.OfUser(user)).CopyTo(plain.Users[user], 0);
            Solve(options, plain.Users.All, plain.OfItem(item)).CopyTo(plain.Items[item], 0);
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
        using Ials<double> one = new(Options(resumEvery: 1), 3), two = new(Options(resumEvery: 1 << 30), 3);
        AlternatingDrift.Check(one, two);
    }

    private static IalsOptions Options(int resumEvery) =>
        new() { Factors = 6, Alpha = 10, Regularization = .5, Users = 30, Items = 40, Interactions = 200, ResumEvery = resumEvery };

    // Gauss's elimination with the largest pivot, over every cell of the row.
    private static double[] Solve(IalsOptions options, IEnumerable<(ulong Key, double[] Row)> others, Dictionary<ulong, double> met)
    {
        int k = options.Factors;
        double[,] a = new double[k, k + 1];
        for (int f = 0; f < k; f++) a[f, f] = options.Regularization;
        foreach ((ulong key, double[] x) in others)
        {
            double confidence = 1 + (options.Alpha * met.GetValueOrDefault(key));
            for (int f = 0; f < k; f++)
            {
                for (int g = 0; g < k; g++) a[f, g] += confidence * x[f] * x[g];
                if (met.ContainsKey(key)) a[f, k] += confidence * x[f];
            }
        }

        for (int f = 0; f < k; f++)
        {
            int pivot = Enumerable.Range(f, k - f).MaxBy(g => Math.Abs(a[g, f]));
            for (int c = 0; c <= k; c++) (a[f, c], a[pivot, c]) = (a[pivot, c], a[f, c]);
            for (int g = 0; g < k; g++)
            {
                double times = g == f ? 0 : a[g, f] / a[f, f];
                for (int c = 0; c <= k; c++) a[g, c] -= times * a[f, c];
            }
        }

        return [.. Enumerable.Range(0, k).Select(f => a[f, k] / a[f, f])];
    }
}
