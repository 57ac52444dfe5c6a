using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>The errors of one age class.</summary>
internal sealed class AgedErrors : IAgeMeasure
{
    private RunningError _error;

    /// <summary>Takes prediction minus value.</summary>
    public void Add(double error) => _error.Add(error);

    /// <inheritdoc/>
    public void Report(StageReport report, string ending)
    {
        report.Set("events" + ending, _error.Count + _error.NonFinite);
        report.Set("mae" + ending, _error.Mae);
        report.Set("rmse" + ending, _error.Rmse);
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer) => _error.Save(ref writer);

    /// <inheritdoc/>
    public void Restore(ref StateReader reader) => _error.Restore(ref reader);
}
