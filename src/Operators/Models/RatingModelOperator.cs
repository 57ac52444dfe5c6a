using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Runs a rating model over the interactions that carry a value (and, unless it is a mere <see cref="IRatingModel"/>, name a user and an item). The loss is the
/// squared error. Reports the prequential error of the clipped prediction.
/// </summary>
/// <param name="binding">Columns, and the range that predictions are clipped to.</param>
/// <param name="model">The model; an <see cref="IRecommender"/> if ranks or lists are demanded.</param>
/// <param name="clip">Whether predictions are clipped to the range.</param>
public sealed class RatingModelOperator(StageBinding binding, IRatingModel model, bool clip = true)
    : ModelOperator<RatingModelOperator.Rule>(binding, model, new Rule(model, clip ? binding.Range : ValueRange.Unbounded))
{
    /// <summary>Learns from the value that came.</summary>
    public struct Rule(IRatingModel model, ValueRange range) : ILearningRule
    {
        private readonly bool _anonymous = model is not IRecommender;
        private RunningError _error;

        /// <inheritdoc/>
        public readonly bool Takes(in Event e) => e.IsRating && (_anonymous || (e.User != EntityKeyCodec.None && e.Item != EntityKeyCodec.None));

        /// <inheritdoc/>
        public double Learn(in Example example, out double loss)
        {
            double score = range.Clip(model.ScoreThenLearn(example)), error = score - example.Value;
            loss = error * error;
            _error.Add(error);
            return score;
        }

        /// <inheritdoc/>
        public readonly void Report(StageReport report)
        {
            report.Set("events", _error.Count + _error.NonFinite);
            report.Set("mae", _error.Mae);
            report.Set("rmse", _error.Rmse, headline: true);
            report.Set("non_finite", _error.NonFinite);
        }

        /// <inheritdoc/>
        public readonly void Save(ref StateWriter writer) => _error.Save(ref writer);

        /// <inheritdoc/>
        public void Restore(ref StateReader reader) => _error.Restore(ref reader);
    }
}
