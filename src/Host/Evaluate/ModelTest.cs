using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Evaluation;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;

namespace Streaming.Host.Evaluate;

/// <summary>Asks a trained model for the events held out; it learns nothing of them.</summary>
/// <param name="split">The log.</param>
/// <param name="arguments">What is ranked, and what is measured.</param>
/// <param name="negatives">What held-out items are ranked among; null for all items.</param>
internal sealed class ModelTest(HeldOut split, EvaluateArguments arguments, Negatives? negatives)
{
    private const int Unlisted = -1;

    private readonly Dictionary<ulong, HashSet<ulong>> _learned = [];
    private readonly HashSet<ulong> _items = [];
    private readonly List<ulong> _arrived = [];
    private readonly List<List<Interaction>> _users = [];

    /// <summary>Looks at what was learned and what is tested. Users are tested in the order in which they first come in the test.</summary>
    public ModelTest Prepare()
    {
        HashSet<int> folded = [.. split.FoldedIn.SelectMany(u => u)];
        for (int i = 0; i < split.Log.Events.Count; i++)
        {
            Interaction e = split.Log.Events[i];
            if (!split.Trained[(int)e.Number] && !folded.Contains(i)) continue;
            if (!_learned.TryGetValue(e.User, out HashSet<ulong>? items)) _learned[e.User] = items = [];
            items.Add(e.Item);
            if (_items.Add(e.Item)) _arrived.Add(e.Item);
        }

        Dictionary<ulong, int> places = [];
        foreach (int i in split.Tested)
        {
            Interaction e = split.Log.Events[i];
            if (places.TryAdd(e.User, _users.Count)) _users.Add([]);
            _users[places[e.User]].Add(e);
        }

        return this;
    }

    /// <summary>Users with events held out.</summary>
    public int Users => _users.Count;

    /// <summary>Tests a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="isRating">Whether it predicts values.</param>
    /// <param name="range">Range that predictions are clipped to.</param>
    public IEnumerable<(string Name, double Value)> Run(IRatingModel model, bool isRating, ValueRange range)
    {
        List<(string, double)> values = [];
        if (model is IRecommender recommender) values.AddRange(Rank(recommender));
        if (isRating) values.AddRange(Predict(model, range));
        return values;
    }

    private IEnumerable<(string Name, double Value)> Rank(IRecommender model)
    {
        HeldOutQuality quality = new(arguments.Ks);
        long coldUsers = 0, coldItems = 0, repeats = 0, unlisted = 0, unknown = 0;
        List<int> ranks = [];
        foreach (List<Interaction> events in _users)
        {
            if (!_learned.TryGetValue(events[0].User, out HashSet<ulong>? learned))
            {
                coldUsers++;
                continue;
            }

            HashSet<ulong> relevant = [];
            ranks.Clear();
            foreach (Interaction e in events)
            {
                if (!arguments.IncludeSeen && learned.Contains(e.Item))
                {
                    repeats++;
                    continue;
                }

                if (!relevant.Add(e.Item)) continue;
                int rank = RankOf(model, e, ref coldItems, ref unlisted, ref unknown);
                if (negatives is not null && rank != Unlisted) quality.Add(rank > 0 ? [rank] : [], 1); // a set of one, among its own negatives
                else if (rank > 0) ranks.Add(rank);
            }

            ranks.Sort();
            if (negatives is null && relevant.Count > 0) quality.Add(ranks.ToArray(), relevant.Count);
        }

        yield return (negatives is null ? "users" : "rankings", quality.Users);
        yield return ("cold_users", coldUsers);
        yield return ("cold_items", coldItems);
        yield return ("repeats", repeats);
        if (negatives is not null) yield return ("unlisted", unlisted);
        yield return ("unknown", unknown);
        foreach ((string name, double value) in quality.Measures()) yield return (name, unknown > 0 ? double.NaN : value);
    }

    // 0 for an item that is not ranked among the others.
    private int RankOf(IRecommender model, in Interaction e, ref long coldItems, ref long unlisted, ref long unknown)
    {
        if (!_items.Contains(e.Item))
        {
            coldItems++;
            return 0;
        }

        if (negatives is not null)
        {
            if (negatives.Of(e.User, e.Item) is { } others) return RankAmong(model, e, others);
            unlisted++;
            return Unlisted;
        }

        if (arguments.IncludeSeen) return RankAmongAll(model, e);
        int rank = model.Rank(split.Log.ExampleOf(e), int.MaxValue);
        if (rank == Ranks.Unknown) unknown++;
        return Math.Max(rank, 0);
    }

    // A negative that scores the same comes first: a model that cannot tell them apart finds nothing.
    private int RankAmong(IRecommender model, in Interaction e, ulong[] others)
    {
        Example example = split.Log.ExampleOf(e);
        double own = Order(model.Score(example));
        int rank = 1;
        foreach (ulong item in others)
        {
            if (item != e.Item && Order(model.Score(example with { Item = item })) >= own) rank++;
        }

        return rank;
    }

    // Ties go to the item that came first.
    private int RankAmongAll(IRecommender model, in Interaction e)
    {
        Example example = split.Log.ExampleOf(e);
        double own = Order(model.Score(example));
        int rank = 1;
        bool before = true;
        foreach (ulong item in _arrived)
        {
            if (item == e.Item)
            {
                before = false;
                continue;
            }

            double other = Order(model.Score(example with { Item = item }));
            if (other > own || (before && other == own)) rank++;
        }

        return rank;
    }

    private IEnumerable<(string Name, double Value)> Predict(IRatingModel model, ValueRange range)
    {
        RunningError error = default;
        foreach (int i in split.Tested)
        {
            Interaction e = split.Log.Events[i];
            if (!double.IsNaN(e.Value)) error.Add(range.Clip(model.Score(split.Log.ExampleOf(e))) - e.Value);
        }

        return [("predictions", error.Count), ("mae", error.Mae), ("rmse", error.Rmse)];
    }

    private static double Order(double score) => double.IsFinite(score) ? score : double.NegativeInfinity;
}
