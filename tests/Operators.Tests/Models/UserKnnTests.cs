using Streaming.Abstractions.Events;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class UserKnnTests
{
    [Theory]
    [InlineData(5, 3, 4, 0)]
    [InlineData(20, 50, 100, 3)]
    [InlineData(1, 1, 1, 1)]
    public void Scores_ranks_and_lists_are_those_of_all_pairs_of_users(int basket, int neighbours, int audience, double priorWeight)
    {
        UserKnnOptions options = new() { Basket = basket, Neighbours = neighbours, Audience = audience, PriorWeight = priorWeight, PriorHalfLife = 0, Shrinkage = 0.5, Recency = 0.7 };
        foreach (int depth in (int[])[20, int.MaxValue])
        {
            using UserKnn model = new(options);
            new Plain(options).Check(model, PlainRecommender.Random(1200, 40, 90), depth, every: 1);
        }
    }

    [Fact]
    public void Ranks_on_a_real_log_are_those_of_all_pairs_of_users()
    {
        UserKnnOptions options = new() { PriorHalfLife = 0 };
        using UserKnn model = new(options);
        new Plain(options).Check(model, RatingLog.MovieTweetings("10k")[..6000], depth: 200, every: 31);
    }

    private sealed class Plain(UserKnnOptions options) : PlainRecommender
    {
        private readonly Dictionary<ulong, List<ulong>> _items = [];
        private readonly Dictionary<ulong, List<ulong>> _users = [];
        private readonly Dictionary<ulong, double> _times = [];
        private (ulong User, Dictionary<ulong, double> Scores)? _scored;
        private int _events;

        public override double Score(ulong user, ulong item)
        {
            if (_scored?.User != user) _scored = (user, Scores(user));
            return _scored.Value.Scores.GetValueOrDefault(item) + (_events > 0 ? _times.GetValueOrDefault(item) * (options.PriorWeight / _events) : 0);
        }

        public override void Learn(in Event e)
        {
            _scored = null;
            _events++;
            _times[e.Item] = _times.GetValueOrDefault(e.Item) + 1;
            Push(_items, e.User, e.Item);
            Push(_users, e.Item, e.User);
        }

        private Dictionary<ulong, double> Scores(ulong user)
        {
            List<ulong> own = Basket(user), found = [];
            foreach (ulong item in own)
            {
                foreach (ulong other in _users[item].Take(options.Audience))
                {
                    if (other != user && Basket(other).Contains(item) && !found.Contains(other)) found.Add(other);
                }
            }

            Dictionary<ulong, double> scores = [];
            foreach ((ulong other, double similarity) in found.Select(o => (o, Similarity(own, o))).OrderByDescending(o => o.Item2).Take(options.Neighbours))
            {
                double score = similarity;
                foreach (ulong item in Basket(other))
                {
                    scores[item] = scores.GetValueOrDefault(item) + score;
                    score *= options.Recency;
                }
            }

            return scores;
        }

        private double Similarity(List<ulong> own, ulong other)
        {
            double overlap = 0, recency = 1;
            foreach (ulong item in own)
            {
                if (Basket(other).Contains(item) && _users[item].Take(options.Audience).Contains(other)) overlap += recency;
                recency *= options.Recency;
            }

            return overlap / (Math.Sqrt((double)own.Count * Basket(other).Count) + options.Shrinkage);
        }

        private List<ulong> Basket(ulong user) => _items.TryGetValue(user, out List<ulong>? items) ? [.. items.Take(options.Basket)] : [];

        private static void Push(Dictionary<ulong, List<ulong>> lists, ulong key, ulong value)
        {
            if (!lists.TryGetValue(key, out List<ulong>? list)) lists.Add(key, list = []);
            list.Remove(value);
            list.Insert(0, value);
        }
    }
}
