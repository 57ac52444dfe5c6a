using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>A recommender written plainly, over dictionaries and whole streams: what an incremental one must agree with, score by score and rank by rank.</summary>
internal abstract class PlainRecommender
{
    public abstract double Score(ulong user, ulong item);

    public abstract void Learn(in Event e);

    /// <summary>Runs both over a log: ranks are equal, scores and lists within rounding.</summary>
    public void Check(IRecommender model, Event[] log, int depth, int every)
    {
        ProtocolP protocol = new();
        ScoredItem[] list = new ScoredItem[20];
        int counted = 0;
        for (int n = 0; n < log.Length; n++)
        {
            Event e = log[n];
            Example example = new() { User = e.User, Item = e.Item, Value = e.Value, Time = e.Time, Weight = 1 };
            if (n % every == 0)
            {
                int expected = protocol.Rank(e.User, e.Item, item => Score(e.User, item), depth), rank = model.Rank(example, depth);
                Assert.True(expected == rank, $"The rank of event {n} is {rank}, not {expected}.");
                if (rank > 0) counted++;
                double score = Score(e.User, e.Item);
                Assert.Equal(score, model.Score(example), 1e-9 * Math.Max(1, Math.Abs(score)));
                if (n % (7 * every) == 0 && rank >= 0) CheckList(model, protocol, list, e.User);
            }

            model.Learn(example);
            Learn(e);
            protocol.Learn(e.User, e.Item);
        }

        Assert.True(counted > 10, $"Only {counted} ranks were within the depth.");
    }

    /// <summary>Users and items drawn with a slant to the small numbers, at times that mostly grow.</summary>
    public static Event[] Random(int events, ulong users, ulong items, ulong seed = 17)
    {
        CounterRng rng = new(seed, 1);
        long time = 0;
        return [.. Enumerable.Range(0, events).Select(_ =>
        {
            time += (long)rng.NextBelow(20_000_000) - 2_000_000;
            return RatingLog.Of(1 + rng.NextBelow(users), 1 + Math.Min(rng.NextBelow(items), rng.NextBelow(items)), 1 + rng.NextBelow(5), time);
        })];
    }

    private void CheckList(IRecommender model, ProtocolP protocol, ScoredItem[] list, ulong user)
    {
        int found = model.TopK(new Example { User = user }, list);
        ulong[] expected = [.. protocol.Candidates(user).OrderByDescending(i => Score(user, i)).Take(list.Length)];
        Assert.Equal(expected, list.Take(found).Select(s => s.Item));
    }
}
