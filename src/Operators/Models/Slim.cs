using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Sparse linear method, learned online (Ning, Karypis 2011, "SLIM: Sparse linear methods for top-N recommender systems", equations 2 to 4): item t scores s(t) = sum
/// over the user's last items j of x(j) w(j, t), where x of the n-th last is recency^(n-1) and w(t, t) = 0, plus the prior (<see cref="PriorOptions.PriorWeight"/>).
/// </summary>
/// <remarks>
/// <para>An event of item i takes one step on (1 - s(i))^2 / 2 + c/2 times the sum of s(t)^2 over all other items t that are not among the user's last: with the rate r, times the event's
/// importance, but at most 1 over the sum of x^2, so that s(i) goes towards 1 and not past it, w(j, i) becomes S(w + r (x(j) (1 - s(i)) - l2 w), r l1), and every other w(j, t) of those items
/// S(w - r c (x(j) s(t) + l2 w), r c l1), all scores being those before. S(w, a) = sign(w) max(|w| - a, 0), and max(w - a, 0) where weights are never negative: the proximal step of the l1 norm
/// (Duchi, Singer 2009, "Efficient online and batch learning using forward backward splitting", section 5.1), which gives exact zeros; those are dropped. Nothing is sampled: what has no score has no
/// gradient.</para>
/// <para>A row of w, by the item that is met, keeps its weights of largest magnitude: a new one takes the place of the smallest. What is not kept is 0, and only the event's item gets a weight that
/// there was none of. O(basket x neighbours) to learn; ranking O(basket x neighbours + the user's history + log items). 12 bytes for each neighbour there is room for, committed as items come. One
/// caller at a time. State: the prior's, of items the weights, of users the last items. What a user who is forgotten has taught the weights stays in them.</para>
/// </remarks>
public sealed class Slim : PriorRecommender
{
    private readonly RowLists _baskets;
    private readonly RowLists _weights;
    private readonly double _recency;
    private readonly double _rate;
    private readonly double _negativeWeight;
    private readonly double _l1;
    private readonly double _l2;
    private readonly bool _nonNegative;

    /// <summary>A model that has learned nothing.</summary>
    /// <param name="options">Rates, penalties and bounds.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Slim(SlimOptions options, bool ranking = true)
        : base(options, Shape(options, ranking))
    {
        (_recency, _rate, _negativeWeight) = (options.Recency, options.LearningRate, options.NegativeWeight);
        (_l1, _l2, _nonNegative) = (options.L1, options.L2, options.NonNegative);
        _weights = ItemColumns.Add(new RowLists(ItemColumns.Entities, options.Neighbours, weights: true, signed: !options.NonNegative));
        _baskets = UserColumns.Add(new RowLists(UserColumns.Entities, options.Basket, weights: false));
    }

    /// <inheritdoc/>
    public override string StateTag => "slim";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(SlimOptions options, bool ranking) => BytesFor(options, Shape(options, ranking));

    private protected override void Collect(int user, SparseScores scores)
    {
        EntityTable items = ItemColumns.Entities;
        double x = 1;
        foreach (uint met in _baskets.Entries(user))
        {
            int item = items.RowOfSequence(met);
            if (item >= 0)
            {
                ReadOnlySpan<uint> neighbours = _weights.Entries(item);
                ReadOnlySpan<double> weights = _weights.Weights(item);
                for (int n = 0; n < neighbours.Length; n++)
                {
                    int other = items.RowOfSequence(neighbours[n]);
                    if (other < 0) continue;
                    if (_nonNegative) scores.Add(other, x * weights[n]);
                    else scores.AddSigned(other, x * weights[n]);
                }
            }

            x *= _recency;
        }
    }

    private protected override void Train(int user, int item, in Example example)
    {
        EntityTable items = ItemColumns.Entities;
        SparseScores scores = ScoresOf(user);
        uint own = items.Sequence(item);
        double error = 1 - scores[item], rate = Rate(user, example.Weight), x = 1;
        foreach (uint met in _baskets.Entries(user))
        {
            int other = items.RowOfSequence(met);
            if (other >= 0)
            {
                if (_negativeWeight > 0) StepOthers(user, other, own, x, rate * _negativeWeight, scores);
                double weight = _weights.WeightOf(other, own);
                if (other != item) _weights.Set(other, own, Shrink(weight + (rate * ((x * error) - (_l2 * weight))), rate * _l1));
            }

            x *= _recency;
        }

        CountPrior(item);
        _baskets.PushFront(user, own);
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        base.SaveLearner(ref writer);
        writer.Shape("recency", _recency);
        writer.Shape("non-negative", _nonNegative ? 1 : 0);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        base.RestoreLearner(ref reader);
        reader.Shape("recency", _recency);
        reader.Shape("non-negative", _nonNegative ? 1 : 0);
    }

    private protected override void Restored()
    {
        _baskets.CheckArrivals(ItemColumns.Entities);
        _weights.CheckArrivals(ItemColumns.Entities);
    }

    private static SparseShape Shape(SlimOptions options, bool ranking) =>
        new(RowLists.BytesOf(options.Basket, weights: false), RowLists.BytesOf(options.Neighbours, weights: true), ranking);

    // The sum over the basket converges fast, or is its length: no need to keep it.
    private double Rate(int user, double importance)
    {
        double squares = 0, x = 1;
        for (int n = _baskets.Entries(user).Length; n > 0; n--, x *= _recency) squares += x * x;
        return Math.Min(_rate * importance, 1 / squares);
    }

    /// <summary>Steps on the weights of one of the user's items towards all but the event's and the user's own.</summary>
    private void StepOthers(int user, int item, uint own, double x, double rate, SparseScores scores)
    {
        EntityTable items = ItemColumns.Entities;
        ReadOnlySpan<uint> basket = _baskets.Entries(user), neighbours = _weights.Entries(item);
        Span<double> weights = _weights.Change(item);
        bool any = false;
        for (int n = 0; n < neighbours.Length; n++)
        {
            uint neighbour = neighbours[n];
            if (neighbour == own || basket.Contains(neighbour)) continue;
            int other = items.RowOfSequence(neighbour);
            double weight = weights[n];
            weight = other < 0 ? 0 : Shrink(weight - (rate * ((x * scores[other]) + (_l2 * weight))), rate * _l1);
            weights[n] = weight;
            any |= weight == 0;
        }

        if (any) _weights.RemoveZeros(item);
    }

    private double Shrink(double weight, double by) =>
        weight > 0 ? Math.Max(0, weight - by) : _nonNegative ? 0 : Math.Min(0, weight + by);
}
