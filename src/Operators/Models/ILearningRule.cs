using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Models;

/// <summary>Which events a stage's model learns from, how it does, and what the stage counts of it: the part in which stages around models differ.</summary>
/// <remarks>Implemented by structs, so that nothing is called through a table for each event. One caller at a time.</remarks>
public interface ILearningRule
{
    /// <summary>Whether the model learns from an event.</summary>
    bool Takes(in Event e);

    /// <summary>Scores an event, and then learns it.</summary>
    /// <param name="example">The event.</param>
    /// <param name="loss">The model's loss before it learned.</param>
    double Learn(in Example example, out double loss);

    /// <summary>Says what was counted.</summary>
    void Report(StageReport report);

    /// <summary>Writes what was counted.</summary>
    void Save(ref StateWriter writer);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    void Restore(ref StateReader reader);
}
