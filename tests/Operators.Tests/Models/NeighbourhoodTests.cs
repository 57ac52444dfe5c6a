using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Against equation 10, with weights in dictionaries.</summary>
public sealed class NeighbourhoodTests
{
    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(4, 1000)]
    [InlineData(6, 3)]
    public void It_learns_by_equation_10(int userHistory, int neighbours)
    {
        NeighbourhoodOptions options = new()
        {
            LearningRate = .03,
            ImplicitLearningRate = .05,
            BiasLearningRate = .04,
            Regularization = .1,
            ImplicitRegularization = .2,
            BiasRegularization = .05,
            UserHistory = userHistory,
            Neighbours = neighbours,
        };
        using Neighbourhood model = new(options);
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
    public void What_users_thought_of_one_item_says_what_they_will_think_of_another()
    {
        using Neighbourhood model = new(new NeighbourhoodOptions { LearningRate = .05, Regularization = .001 });
        CounterRng rng = new(7, 7);
        for (ulong user = 1; user <= 2000; user++)
        {
            double value = rng.NextBelow(2) == 0 ? 1 : 5;
            model.Learn(new Example { User = user, Item = 1, Value = value, Weight = 1 });
            model.Learn(new Example { User = user, Item = 2, Value = 6 - value, Weight = 1 });
        }

        model.Learn(new Example { User = 3001, Item = 1, Value = 5, Weight = 1 });
        model.Learn(new Example { User = 3002, Item = 1, Value = 1, Weight = 1 });
        Assert.InRange(model.Score(new Example { User = 3001, Item = 2 }), 0, 1.7);
        Assert.InRange(model.Score(new Example { User = 3002, Item = 2 }), 4.3, 6);
    }

    private sealed class Plain(NeighbourhoodOptions options)
    {
        private readonly Dictionary<ulong, double> _userBias = [], _itemBias = [];
        private readonly Dictionary<ulong, List<(ulong Item, double Weight)>> _weights = [], _implicit = [];
        private readonly Dictionary<ulong, List<(ulong Item, double Value)>> _rated = [];
        private double _sum, _importance;

        public double Score(ulong user, ulong item)
        {
            List<(ulong Item, double Value)> rated = Rated(user);
            double neighbours = rated.Sum(j => (Difference(user, j) * Weight(_weights, j.Item, item)) + Weight(_implicit, j.Item, item));
            return Mean + _userBias.GetValueOrDefault(user) + _itemBias.GetValueOrDefault(item) + (rated.Count == 0 ? 0 : neighbours / Math.Sqrt(rated.Count));
        }

        public void Learn(ulong user, ulong item, double value, float weight)
        {
            (_sum, _importance) = (_sum + (weight * value), _importance + weight);
            double gradient = 2 * weight * (Score(user, item) - value);
            List<(ulong Item, double Value)> rated = Rated(user);
            foreach ((ulong Item, double Value) j in rated.Where(j => j.Item != item))
            {
                Step(_weights, j.Item, item, options.LearningRate, gradient * Difference(user, j) / Math.Sqrt(rated.Count), options.Regularization);
                Step(_implicit, j.Item, item, options.ImplicitLearningRate, gradient / Math.Sqrt(rated.Count), options.ImplicitRegularization);
            }

            _userBias[user] = Stepped(_userBias.GetValueOrDefault(user), gradient);
            _itemBias[item] = Stepped(_itemBias.GetValueOrDefault(item), gradient);
            rated.RemoveAll(j => j.Item == item);
            rated.Insert(0, (item, value));
            if (rated.Count > options.UserHistory) rated.RemoveAt(options.UserHistory);
        }

        public void Forget(ulong user)
        {
            _rated.Remove(user);
            _userBias.Remove(user);
        }

        private double Mean => _importance == 0 ? 0 : _sum / _importance;

        private double Difference(ulong user, (ulong Item, double Value) j) => j.Value - (Mean + _userBias.GetValueOrDefault(user) + _itemBias.GetValueOrDefault(j.Item));

        private double Stepped(double bias, double gradient) => bias - (options.BiasLearningRate * (gradient + (options.BiasRegularization * bias)));

        private void Step(Dictionary<ulong, List<(ulong Item, double Weight)>> all, ulong from, ulong to, double rate, double gradient, double l2)
        {
            double old = Weight(all, from, to), weight = old - (rate * (gradient + (l2 * old)));
            if (!all.TryGetValue(from, out List<(ulong Item, double Weight)>? row)) all.Add(from, row = []);
            int place = row.FindIndex(w => w.Item == to);
            if (place < 0 && row.Count == options.Neighbours) place = row.FindIndex(w => Math.Abs(w.Weight) == row.Min(v => Math.Abs(v.Weight)));
            if (place < 0) row.Add((to, weight));
            else row[place] = (to, weight);
        }

        private static double Weight(Dictionary<ulong, List<(ulong Item, double Weight)>> all, ulong from, ulong to) =>
            all.TryGetValue(from, out List<(ulong Item, double Weight)>? row) ? row.FirstOrDefault(w => w.Item == to).Weight : 0;

        private List<(ulong Item, double Value)> Rated(ulong user)
        {
            if (!_rated.TryGetValue(user, out List<(ulong, double)>? rated)) _rated.Add(user, rated = []);
            return rated;
        }
    }
}
