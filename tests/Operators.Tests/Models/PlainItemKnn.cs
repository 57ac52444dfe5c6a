using Streaming.Abstractions.Events;
using Streaming.Operators.Models;

namespace Streaming.Operators.Tests.Models;

/// <summary>Item-based neighbourhoods with every count there is, in dictionaries; weights grow forward without ever being scaled, so that streams must be short.</summary>
internal sealed class PlainItemKnn(ItemKnnOptions options) : PlainRecommender
{
    private readonly Dictionary<ulong, List<ulong>> _met = [];
    private readonly Dictionary<(ulong, ulong), double> _common = [];
    private readonly Dictionary<ulong, double> _weights = [];
    private readonly Dictionary<ulong, double> _popularity = [];
    private double _total;
    private int _events;

    public override double Score(ulong user, ulong item)
    {
        double score = 0, recency = 1;
        foreach (ulong other in Basket(user))
        {
            if (_common.TryGetValue((other, item), out double common)) score += recency * Math.Min(1, common / (Whole(other, item, common) + (options.Shrinkage * Weight(options.HalfLife))));
            recency *= options.Recency;
        }

        return score + (_total > 0 ? _popularity.GetValueOrDefault(item) * (options.PriorWeight / _total) : 0);
    }

    public override void Learn(in Event e)
    {
        _events++;
        double weight = Weight(options.HalfLife), prior = Weight(options.PriorHalfLife);
        _popularity[e.Item] = _popularity.GetValueOrDefault(e.Item) + prior;
        _total += prior;
        _weights[e.Item] = _weights.GetValueOrDefault(e.Item) + weight;
        foreach (ulong other in Basket(e.User))
        {
            if (other != e.Item)
            {
                _common[(other, e.Item)] = _common.GetValueOrDefault((other, e.Item)) + weight;
                _common[(e.Item, other)] = _common.GetValueOrDefault((e.Item, other)) + weight;
            }

            weight *= options.Recency;
        }

        if (!_met.TryGetValue(e.User, out List<ulong>? met)) _met.Add(e.User, met = []);
        met.Remove(e.Item);
        met.Insert(0, e.Item);
    }

    private ulong[] Basket(ulong user) => _met.TryGetValue(user, out List<ulong>? met) ? [.. met.Take(options.Basket)] : [];

    private double Weight(double halfLife) => halfLife == 0 || _events == 0 ? 1 : Math.Pow(2, (_events - 1) / halfLife);

    private double Whole(ulong item, ulong other, double common) => options.Similarity switch
    {
        ItemSimilarity.Conditional => _weights[item],
        ItemSimilarity.Cosine => Math.Sqrt(_weights[item] * _weights[other]),
        _ => Math.Max(_weights[item] + _weights[other] - common, common),
    };
}
