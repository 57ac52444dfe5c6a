using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Models;

/// <summary>Runs an implicit recommender over the interactions that name a user and an item. The loss is its log loss.</summary>
/// <param name="binding">Columns.</param>
/// <param name="model">The model.</param>
public sealed class RankerOperator(StageBinding binding, IImplicitModel model) : ModelOperator<RankerOperator.Rule>(binding, model, new Rule(model))
{
    /// <summary>Learns that a user met an item.</summary>
    public struct Rule(IImplicitModel model) : ILearningRule
    {
        private long _events;
        private long _nonFinite;

        /// <inheritdoc/>
        public readonly bool Takes(in Event e) => e.Kind == EventKind.Interaction && e.User != EntityKeyCodec.None && e.Item != EntityKeyCodec.None;

        /// <inheritdoc/>
        public double Learn(in Example example, out double loss)
        {
            double score = model.ScoreThenLearn(example, out loss);
            _events++;
            if (!double.IsFinite(score)) _nonFinite++;
            return score;
        }

        /// <inheritdoc/>
        public readonly void Report(StageReport report)
        {
            report.Set("events", _events);
            report.Set("non_finite", _nonFinite);
        }

        /// <inheritdoc/>
        public readonly void Save(ref StateWriter writer)
        {
            writer.Write(_events);
            writer.Write(_nonFinite);
        }

        /// <inheritdoc/>
        public void Restore(ref StateReader reader)
        {
            _events = reader.ReadCount();
            _nonFinite = reader.ReadCount();
        }
    }
}
