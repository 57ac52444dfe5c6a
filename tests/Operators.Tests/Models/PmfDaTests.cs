using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class PmfDaTests
{
    private const int Factors = 5;
    private static readonly NormalRows<double> UserRows = new(1, .3), ItemRows = new(2, .3);

    [Theory]
    [InlineData(12, .5, 8, .1)]
    [InlineData(25, 0, 10, 0)]
    public void A_row_is_the_answer_to_the_mean_of_all_its_gradients(double inertia, double l2, double biasInertia, double biasL2)
    {
        PmfDaOptions options = new() { Factors = Factors, Inertia = inertia, Regularization = l2, BiasInertia = biasInertia, BiasRegularization = biasL2 };
        using PmfDa<double> model = new(options, UserRows, ItemRows);
        Plain plain = new(options);
        CounterRng rng = new(6, 6);
        for (int n = 0; n < 800; n++)
        {
            ulong user = 1 + rng.NextBelow(10), item = 1 + rng.NextBelow(15);
            float weight = n % 7 == 0 ? 2.5f : 1;
            double value = 1 + rng.NextBelow(5);
            Assert.Equal(plain.Score(user, item), model.ScoreThenLearn(new Example { User = user, Item = item, Value = value, Weight = weight }), 1e-8);
            plain.Learn(user, item, value, weight);
            if (n % 100 != 50) continue;
            model.Forget(user);
            plain.Forget(user);
        }
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    public void A_snapshot_with_a_number_of_gradients_that_is_none_is_refused(double gradients)
    {
        using PmfDa<double> whole = new(new PmfDaOptions(), 3), resumed = new(new PmfDaOptions(), 3);
        whole.Learn(new Example { User = 1, Item = 2, Value = 3, Weight = 1 });
        byte[] state = StateBytes.Save(whole);
        BitConverter.GetBytes(gradients).CopyTo(state, state.Length - (2 * sizeof(double)));
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(resumed, state));
    }

    /// <summary>Keeps every gradient there was.</summary>
    private sealed class Plain(PmfDaOptions options)
    {
        private readonly Dictionary<ulong, List<double[]>> _users = [], _items = [];
        private double _sum, _weights;

        public double Score(ulong user, ulong item)
        {
            (double[] p, double userBias) = Answer(_users, UserRows, user);
            (double[] q, double itemBias) = Answer(_items, ItemRows, item);
            return (_weights == 0 ? 0 : _sum / _weights) + userBias + itemBias + PlainRows.Dot(p, q);
        }

        public void Learn(ulong user, ulong item, double value, float weight)
        {
            (_sum, _weights) = (_sum + (weight * value), _weights + weight);
            double gradient = 2 * weight * (Score(user, item) - value);
            (double[] p, double[] q) = (Answer(_users, UserRows, user).Row, Answer(_items, ItemRows, item).Row);
            Add(_users, user, [.. q.Select(f => gradient * f), gradient]);
            Add(_items, item, [.. p.Select(f => gradient * f), gradient]);
        }

        public void Forget(ulong user) => _users.Remove(user);

        private static void Add(Dictionary<ulong, List<double[]>> side, ulong key, double[] gradient)
        {
            if (!side.TryGetValue(key, out List<double[]>? gradients)) side.Add(key, gradients = []);
            gradients.Add(gradient);
        }

        // The minimum of mean gradient . w + lambda |w|^2 / 2 + gamma / sqrt(n) |w - w0|^2 / 2, element by element; the bias comes last.
        private (double[] Row, double Bias) Answer(Dictionary<ulong, List<double[]>> side, NormalRows<double> rows, ulong key)
        {
            double[] initial = new double[Factors];
            rows.Fill(key, initial);
            if (!side.TryGetValue(key, out List<double[]>? all)) return (initial, 0);
            double root = Math.Sqrt(all.Count), held = options.Inertia / root, heldBias = options.BiasInertia / root;
            double[] row = [.. initial.Select((w, f) => ((held * w) - all.Average(g => g[f])) / (options.Regularization + held))];
            return (row, -all.Average(g => g[Factors]) / (options.BiasRegularization + heldBias));
        }
    }
}
