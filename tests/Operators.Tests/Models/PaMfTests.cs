using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class PaMfTests
{
    private const int Factors = 5;
    private static readonly NormalRows<double> UserRows = new(1, .5), ItemRows = new(2, .5);

    public static MatrixTheoryData<PassiveAggressiveVariant, bool, bool> Cases { get; } = new(Enum.GetValues<PassiveAggressiveVariant>(), [false, true], [false, true]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_row_moves_as_little_as_it_takes(PassiveAggressiveVariant variant, bool nonNegative, bool biases)
    {
        PaMfOptions options = new() { Factors = Factors, Variant = variant, C = .3, Epsilon = .2, NonNegative = nonNegative, Biases = biases };
        using PaMf<double> model = new(options, UserRows, ItemRows);
        Plain plain = new(options);
        CounterRng rng = new(6, 6);
        int falls = 0;
        for (int n = 0; n < 800; n++)
        {
            ulong user = 1 + rng.NextBelow(10), item = 1 + rng.NextBelow(15);
            float weight = n % 7 == 0 ? 2.5f : 1;
            double value = rng.NextBelow(40) / 8.0, expected = plain.Score(user, item);
            if (expected > value + .2) falls++;
            Assert.Equal(expected, model.ScoreThenLearn(new Example { User = user, Item = item, Value = value, Weight = weight }), 1e-8);
            plain.Learn(user, item, value, weight);
            if (variant == PassiveAggressiveVariant.Pa && biases) Assert.InRange(model.Score(new Example { User = user, Item = item }) - value, -.2 - 1e-9, .2 + 1e-9);
            if (n % 100 != 50) continue;
            model.Forget(user);
            plain.Forget(user);
        }

        Assert.True(falls > 100, $"Only {falls} predictions were too high.");
    }

    [Fact]
    public void A_prediction_within_the_tolerance_changes_nothing_but_the_mean()
    {
        using PaMf<double> model = new(new PaMfOptions { Biases = false, Epsilon = 10 }, 3);
        double before = model.Score(new Example { User = 1, Item = 2 });
        model.Learn(new Example { User = 1, Item = 2, Value = 5, Weight = 1 });
        Assert.Equal(before, model.Score(new Example { User = 1, Item = 2 }));
        Assert.Equal(5, model.Mean);
    }

    /// <summary>The closed forms, and where factors must not be negative, the multiplier by bisection of what the optimum must fulfil.</summary>
    private sealed class Plain(PaMfOptions options)
    {
        private readonly Dictionary<ulong, (double[] Row, double[] Bias)> _users = [], _items = [];
        private double _sum, _weights;

        public double Score(ulong user, ulong item)
        {
            ((double[] p, double[] userBias), (double[] q, double[] itemBias)) = (Of(_users, UserRows, user), Of(_items, ItemRows, item));
            return Mean + userBias[0] + itemBias[0] + PlainRows.Dot(p, q);
        }

        public void Learn(ulong user, ulong item, double value, float weight)
        {
            (_sum, _weights) = (_sum + (weight * value), _weights + weight);
            ((double[] p, double[] userBias), (double[] q, double[] itemBias)) = (_users[user] = Of(_users, UserRows, user), _items[item] = Of(_items, ItemRows, item));
            Fit(p, userBias, q, Mean + itemBias[0], value, options.C * weight);
            Fit(q, itemBias, p, Mean + userBias[0], value, options.C * weight);
        }

        public void Forget(ulong user) => _users.Remove(user);

        private double Mean => options.Biases && _weights > 0 ? _sum / _weights : 0;

        private void Fit(double[] w, double[] bias, double[] x, double rest, double value, double c)
        {
            double prediction = rest + bias[0] + PlainRows.Dot(w, x), loss = Math.Abs(prediction - value) - options.Epsilon;
            if (loss <= 0) return;
            double sign = Math.Sign(value - prediction), own = options.Biases ? 1 : 0, slack = options.Variant == PassiveAggressiveVariant.PaIi ? 1 / (2 * c) : 0;
            double[] Row(double tau) => [.. w.Zip(x, (a, b) => options.NonNegative ? Math.Max(0, a + (sign * tau * b)) : a + (sign * tau * b))];

            // What is left of the loss at the row of a multiplier is the multiplier's share of the slack.
            double Left(double tau) => (sign * (value - (rest + bias[0] + (sign * tau * own) + PlainRows.Dot(Row(tau), x)))) - options.Epsilon - (tau * slack);
            double tau = loss / (PlainRows.Dot(x, x) + own + slack);
            if (options.NonNegative && sign < 0)
            {
                (double low, double high) = (0, 1);
                while (Left(high) > 0 && high < 1e12) high *= 2;
                for (int n = 0; n < 200; n++) (low, high) = Left((low + high) / 2) > 0 ? ((low + high) / 2, high) : (low, (low + high) / 2);
                tau = low;
            }

            if (options.Variant == PassiveAggressiveVariant.PaI) tau = Math.Min(tau, c);
            Row(tau).CopyTo(w, 0);
            bias[0] += sign * tau * own;
        }

        private (double[] Row, double[] Bias) Of(Dictionary<ulong, (double[] Row, double[] Bias)> side, NormalRows<double> rows, ulong key)
        {
            if (side.TryGetValue(key, out (double[] Row, double[] Bias) entity)) return entity;
            double[] row = new double[Factors];
            rows.Fill(key, row);
            return ([.. row.Select(f => options.NonNegative ? Math.Abs(f) : f)], [0]);
        }
    }
}
