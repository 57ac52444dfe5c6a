using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Against one step on the whole matrix of weights, in a dictionary.</summary>
public sealed class SlimTests
{
    [Theory]
    [InlineData(90, true, 0.001, 0)]
    [InlineData(90, false, 0.02, 0.3)]
    [InlineData(6, true, 0, 0.01)]
    [InlineData(6, false, 0.005, 0)]
    [InlineData(1, true, 0, 0)]
    public void Scores_ranks_and_lists_are_those_of_steps_on_a_dictionary_of_weights(int neighbours, bool nonNegative, double l1, double l2)
    {
        SlimOptions options = new() { Neighbours = neighbours, NonNegative = nonNegative, L1 = l1, L2 = l2, Basket = 5, LearningRate = 0.3, PriorHalfLife = 100 };
        foreach (int depth in (int[])[1, 20, int.MaxValue])
        {
            using Slim model = new(options);
            new Plain(options).Check(model, PlainRecommender.Random(1500, 40, 90), depth, every: 1);
        }
    }

    [Fact]
    public void Ranks_on_a_real_log_are_those_of_a_dictionary_of_weights()
    {
        SlimOptions options = new();
        using Slim model = new(options);
        new Plain(options).Check(model, RatingLog.MovieTweetings("10k"), depth: 200, every: 7);
    }

    [Fact]
    public void A_step_of_any_importance_reaches_the_target_and_does_not_pass_it()
    {
        using Slim model = new(new SlimOptions { PriorWeight = 0, NegativeWeight = 0, L1 = 0, Basket = 7 });
        foreach (ulong item in (ulong[])[1, 2, 3]) model.Learn(Of(9, item));
        model.Learn(Of(9, 4) with { Weight = 1e30f });
        foreach (ulong item in (ulong[])[1, 2, 3]) model.Learn(Of(10, item));
        Assert.Equal(1, model.Score(Of(10, 4)), 1e-9);
    }

    [Fact]
    public void What_the_penalty_outweighs_is_exactly_zero_and_leaves_room()
    {
        using Slim model = new(new SlimOptions { PriorWeight = 0, L1 = 1, Recency = 1 });
        for (ulong user = 1; user < 50; user++)
        {
            model.Learn(Of(user, 1));
            model.Learn(Of(user, 2));
        }

        model.Learn(Of(60, 1));
        Assert.Equal(0, model.Score(Of(60, 2)));
    }

    [Fact]
    public void What_does_not_come_any_more_gives_way_to_what_does()
    {
        using Slim model = new(new SlimOptions { PriorWeight = 0 });
        for (ulong user = 1; user < 600; user++)
        {
            model.Learn(Of(user, 1));
            model.Learn(Of(user, user < 300 ? 2UL : 3));
        }

        model.Learn(Of(1000, 1));
        Assert.InRange(model.Score(Of(1000, 3)), 0.9, 1);
        Assert.InRange(model.Score(Of(1000, 2)), 0, 0.1);
    }

    private static Example Of(ulong user, ulong item) => new() { User = user, Item = item, Weight = 1 };

    private sealed class Plain(SlimOptions options) : PlainRecommender
    {
        private readonly Dictionary<ulong, List<ulong>> _met = [];
        private readonly Dictionary<ulong, List<(ulong Item, double Weight)>> _weights = [];
        private readonly Dictionary<ulong, double> _popularity = [];
        private double _total;
        private int _events;

        public override double Score(ulong user, ulong item) => Sparse(user, item) + (_total > 0 ? _popularity.GetValueOrDefault(item) * (options.PriorWeight / _total) : 0);

        public override void Learn(in Event e)
        {
            ulong own = e.Item, user = e.User;
            ulong[] basket = Basket(user);
            double x = 1, rate = Math.Min(options.LearningRate, 1 / basket.Select((_, n) => Math.Pow(options.Recency, 2 * n)).Sum());
            Dictionary<ulong, double> scores = basket.SelectMany(j => Row(j)).Select(w => w.Item).Append(own).Distinct().ToDictionary(t => t, t => Sparse(user, t));
            foreach (ulong j in basket)
            {
                List<(ulong Item, double Weight)> row = Row(j);
                for (int n = 0; n < row.Count; n++)
                {
                    (ulong t, double w) = row[n];
                    if (t != own && !basket.Contains(t)) row[n] = (t, Soft(w - (rate * options.NegativeWeight * ((x * scores[t]) + (options.L2 * w))), rate * options.NegativeWeight * options.L1));
                }

                row.RemoveAll(w => w.Weight == 0);
                if (j != own) Put(row, own, x * (1 - scores[own]), rate);
                x *= options.Recency;
            }

            double weight = options.PriorHalfLife == 0 ? 1 : Math.Pow(2, _events++ / options.PriorHalfLife);
            _popularity[own] = _popularity.GetValueOrDefault(own) + weight;
            _total += weight;
            if (!_met.TryGetValue(user, out List<ulong>? met)) _met.Add(user, met = []);
            met.Remove(own);
            met.Insert(0, own);
        }

        private void Put(List<(ulong Item, double Weight)> row, ulong item, double gradient, double rate)
        {
            int place = row.FindIndex(w => w.Item == item);
            double old = place < 0 ? 0 : row[place].Weight, weight = Soft(old + (rate * (gradient - (options.L2 * old))), rate * options.L1);
            if (place < 0 && row.Count == options.Neighbours && weight != 0) place = row.FindIndex(w => Math.Abs(w.Weight) == row.Min(v => Math.Abs(v.Weight)));
            if (place >= 0 && weight == 0) row.RemoveAt(place);
            else if (place >= 0) row[place] = (item, weight);
            else if (weight != 0) row.Add((item, weight));
        }

        private double Soft(double weight, double by)
        {
            double shrunk = Math.Sign(weight) * Math.Max(Math.Abs(weight) - by, 0);
            return options.NonNegative ? Math.Max(shrunk, 0) : shrunk;
        }

        private double Sparse(ulong user, ulong item) => Basket(user).Select((j, n) => Math.Pow(options.Recency, n) * Row(j).FirstOrDefault(w => w.Item == item).Weight).Sum();

        private List<(ulong Item, double Weight)> Row(ulong item)
        {
            if (!_weights.TryGetValue(item, out List<(ulong, double)>? row)) _weights.Add(item, row = []);
            return row;
        }

        private ulong[] Basket(ulong user) => _met.TryGetValue(user, out List<ulong>? met) ? [.. met.Take(options.Basket)] : [];
    }
}
