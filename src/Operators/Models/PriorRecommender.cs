using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>A recommender whose tail is a prior: the item's share of all events, which count half after a half-life, times a weight.</summary>
/// <remarks>O(log items) an event. State: the decay, then the learner's own.</remarks>
public abstract class PriorRecommender : SparseRecommender
{
    private readonly ForwardDecay _decay;
    private readonly double _weight;

    private protected PriorRecommender(PriorOptions options, SparseShape shape)
        : base(options, shape) => (_decay, _weight) = (new ForwardDecay(options.PriorHalfLife), options.PriorWeight);

    private protected sealed override double TailFactor => Total > 0 ? _weight / Total : 0;

    /// <summary>Counts an event of an item that was touched.</summary>
    private protected void CountPrior(int item)
    {
        if (_weight == 0) return; // all sums stay 0, and the order that of arrival
        double weight = _decay.Weigh(Events, out int shift);
        if (shift > 0) ScaleTail(shift);
        AddToTail(item, weight);
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        writer.Shape("prior weight", _weight);
        _decay.Save(ref writer);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        reader.Shape("prior weight", _weight);
        _decay.Restore(ref reader);
    }
}
