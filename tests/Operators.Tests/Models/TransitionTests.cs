using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class TransitionTests
{
    [Theory]
    [InlineData(20)]
    [InlineData(int.MaxValue)]
    public void Ranks_are_those_of_all_follow_ups_in_a_dictionary(int depth)
    {
        using Transition model = new(new TransitionOptions { FollowUps = 90 });
        new Plain().Check(model, PlainRecommender.Random(2000, 40, 90), depth, every: 1);
    }

    [Fact]
    public void Ranks_on_a_real_log_are_those_of_all_follow_ups_in_a_dictionary()
    {
        using Transition model = new(new TransitionOptions { FollowUps = 1000 });
        new Plain().Check(model, RatingLog.MovieTweetings("10k"), depth: 200, every: 7);
    }

    [Fact]
    public void What_followed_most_often_comes_first_and_then_what_is_popular()
    {
        using Transition model = new(new TransitionOptions());
        foreach ((ulong user, ulong item) in ((ulong, ulong)[])[(1, 10), (1, 11), (2, 10), (2, 12), (3, 10), (3, 12), (4, 20), (5, 20), (6, 20), (7, 10)])
            model.Learn(new Example { User = user, Item = item, Weight = 1 });
        ScoredItem[] best = new ScoredItem[5];
        Assert.Equal(3, model.TopK(new Example { User = 7 }, best));
        Assert.Equal([new ScoredItem(12, 2 + 0.2), new ScoredItem(11, 1 + 0.1), new ScoredItem(20, 3 * 0.1)], best.Take(3));
    }

    private sealed class Plain : PlainRecommender
    {
        private readonly Dictionary<(ulong, ulong), double> _followUps = [];
        private readonly Dictionary<ulong, double> _times = [];
        private readonly Dictionary<ulong, ulong> _last = [];
        private int _events;

        public override double Score(ulong user, ulong item) =>
            (_last.TryGetValue(user, out ulong last) ? _followUps.GetValueOrDefault((last, item)) : 0) + (_events > 0 ? _times.GetValueOrDefault(item) * (1.0 / _events) : 0);

        public override void Learn(in Event e)
        {
            _events++;
            _times[e.Item] = _times.GetValueOrDefault(e.Item) + 1;
            if (_last.TryGetValue(e.User, out ulong last) && last != e.Item) _followUps[(last, e.Item)] = _followUps.GetValueOrDefault((last, e.Item)) + 1;
            _last[e.User] = e.Item;
        }
    }
}
