using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Scores an item by how often it was the next one that a user met after the item that this user met last, plus its share of all events: what followed most
/// often
/// comes first, and below that, and among what followed as often, what is popular.
/// </summary>
/// <remarks>
/// An item that comes twice in a row for a user follows nothing. Each item counts a bounded number of follow-ups; a new one takes the place and the count of
/// the rarest, so that a
/// count is never too low, and too high by at most the rarest (Metwally, Agrawal, El Abbadi 2005, section 3.1). O(follow-ups / lanes + log items) an event. One
/// caller at a time. State: what every <see cref="SparseRecommender"/> has, of items the follow-ups with their counts, of users the last item.
/// </remarks>
public sealed class Transition : SparseRecommender
{
    private readonly RowLists _followUps;
    private readonly RowLists _last;

    /// <summary>A model that has counted nothing.</summary>
    /// <param name="options">Bounds.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Transition(TransitionOptions options, bool ranking = true)
        : base(options, Shape(options, ranking))
    {
        _followUps = ItemColumns.Add(new RowLists(ItemColumns.Entities, options.FollowUps, weights: true));
        _last = UserColumns.Add(new RowLists(UserColumns.Entities, 1, weights: false));
    }

    /// <inheritdoc/>
    public override string StateTag => "transition";

    private protected override double TailFactor => Events > 0 ? 1.0 / Events : 0;

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(TransitionOptions options, bool ranking) => BytesFor(options, Shape(options, ranking));

    private protected override void Collect(int user, SparseScores scores)
    {
        EntityTable items = ItemColumns.Entities;
        int last = LastOf(user);
        if (last < 0) return;
        ReadOnlySpan<uint> followUps = _followUps.Entries(last);
        ReadOnlySpan<double> times = _followUps.Weights(last);
        for (int n = 0; n < followUps.Length; n++)
        {
            int item = items.RowOfSequence(followUps[n]);
            if (item >= 0) scores.Add(item, times[n]);
        }
    }

    private protected override void Train(int user, int item, in Example example)
    {
        uint own = ItemColumns.Entities.Sequence(item);
        int last = LastOf(user);
        if (last >= 0 && last != item) _followUps.Increase(last, own, 1);
        _last.PushFront(user, own);
        AddToTail(item, 1);
    }

    private protected override void Restored()
    {
        _followUps.CheckArrivals(ItemColumns.Entities);
        _last.CheckArrivals(ItemColumns.Entities);
    }

    private static SparseShape Shape(TransitionOptions options, bool ranking) =>
        new(RowLists.BytesOf(1, weights: false), RowLists.BytesOf(options.FollowUps, weights: true), ranking);

    private int LastOf(int user)
    {
        ReadOnlySpan<uint> last = _last.Entries(user);
        return last.IsEmpty ? -1 : ItemColumns.Entities.RowOfSequence(last[0]);
    }
}
