using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class SvdPlusPlusTests
{
    private static readonly NormalRows<double> UserRows = new(1, .3), ItemRows = new(2, .3);

    [Theory]
    [InlineData(1000, 100_000)]
    [InlineData(4, 100_000)]
    [InlineData(4, 50)]
    public void It_learns_by_equation_15(int userHistory, int interactions)
    {
        SvdPlusPlusOptions options = new()
        {
            Factors = 5,
            LearningRate = .04,
            ImplicitLearningRate = .06,
            BiasLearningRate = .03,
            Regularization = .1,
            ImplicitRegularization = .2,
            BiasRegularization = .05,
            UserHistory = userHistory,
            Interactions = interactions,
        };
        using SvdPlusPlus<double> model = new(options, UserRows, ItemRows);
        Plain plain = new(options);
        CounterRng rng = new(6, 6);
        for (int n = 0; n < 1200; n++)
        {
            ulong user = 1 + rng.NextBelow(12), item = 1 + Math.Min(rng.NextBelow(40), rng.NextBelow(40));
            float weight = n % 7 == 0 ? 2.5f : 1;
            double value = 1 + rng.NextBelow(5);
            Assert.Equal(plain.Score(user, item), model.ScoreThenLearn(new Example { User = user, Item = item, Value = value, Weight = weight }), 1e-9);
            plain.Learn(user, item, value, weight);
            if (n % 100 != 50) continue;
            model.Forget(user);
            plain.Forget(user);
        }

        for (ulong user = 1; user <= 13; user++)
        {
            for (ulong item = 1; item <= 41; item++) Assert.Equal(plain.Score(user, item), model.Score(new Example { User = user, Item = item }), 1e-9);
        }
    }

    [Fact]
    public void Without_rated_items_in_it_the_model_is_biased_mf()
    {
        using SvdPlusPlus<double> model = new(new SvdPlusPlusOptions { LearningRate = .05, BiasLearningRate = .03, Regularization = .1, BiasRegularization = .05, ImplicitLearningRate = 0 }, UserRows, ItemRows);
        using BiasedMf<double> biased = new(new BiasedMfOptions(), UserRows, ItemRows);
        CounterRng rng = new(7, 7);
        for (int n = 0; n < 500; n++)
        {
            Example example = new() { User = 1 + rng.NextBelow(12), Item = 1 + rng.NextBelow(40), Value = rng.NextBelow(5), Weight = 1 };
            Assert.Equal(biased.ScoreThenLearn(example), model.ScoreThenLearn(example), 1e-12);
        }
    }

    private sealed class Plain(SvdPlusPlusOptions options)
    {
        private readonly Dictionary<ulong, double> _userBias = [], _itemBias = [];
        private readonly PlainRows _items = new(ItemRows, options.Factors), _implicit = new(new NormalRows<double>(1, 0), options.Factors);
        private readonly List<(int Number, ulong User, ulong Item)> _pairs = [];
        private PlainRows _users = new(UserRows, options.Factors);
        private double _sum, _weights;
        private int _numbers;

        public double Score(ulong user, ulong item) =>
            (_weights == 0 ? 0 : _sum / _weights) + _userBias.GetValueOrDefault(user) + _itemBias.GetValueOrDefault(item) + PlainRows.Dot(Combined(user), _items.Peek(item));

        public void Learn(ulong user, ulong item, double value, float weight)
        {
            (_sum, _weights) = (_sum + (weight * value), _weights + weight);
            double gradient = 2 * weight * (Score(user, item) - value);
            double[] p = _users[user], q = _items[item], z = Combined(user), old = [.. q];
            ulong[] rated = Rated(user);
            for (int f = 0; f < q.Length; f++)
            {
                p[f] -= options.LearningRate * ((gradient * old[f]) + (options.Regularization * p[f]));
                q[f] -= options.LearningRate * ((gradient * z[f]) + (options.Regularization * q[f]));
                foreach (ulong j in rated)
                    _implicit[j][f] -= options.ImplicitLearningRate * ((gradient * old[f] / Math.Sqrt(rated.Length)) + (options.ImplicitRegularization * _implicit[j][f]));
            }

            _userBias[user] = Stepped(_userBias.GetValueOrDefault(user), gradient);
            _itemBias[item] = Stepped(_itemBias.GetValueOrDefault(item), gradient);
            if (rated.Contains(item)) return;
            if (rated.Length == options.UserHistory) _pairs.Remove(_pairs.First(p => p.User == user));
            _pairs.RemoveAll(p => p.Number == _numbers - options.Interactions);
            _pairs.Add((_numbers++, user, item));
        }

        public void Forget(ulong user)
        {
            _pairs.RemoveAll(p => p.User == user);
            _userBias.Remove(user);
            PlainRows without = new(UserRows, options.Factors);
            foreach ((ulong key, double[] row) in _users.All.Where(r => r.Key != user)) row.CopyTo(without[key], 0);
            _users = without;
        }

        private double Stepped(double bias, double gradient) => bias - (options.BiasLearningRate * (gradient + (options.BiasRegularization * bias)));

        private ulong[] Rated(ulong user) => [.. _pairs.Where(p => p.User == user).Select(p => p.Item)];

        private double[] Combined(ulong user)
        {
            ulong[] rated = Rated(user);
            return [.. _users.Peek(user).Select((p, f) => p + (rated.Length == 0 ? 0 : rated.Sum(j => _implicit.Peek(j)[f]) / Math.Sqrt(rated.Length)))];
        }
    }
}
