using Streaming.Abstractions.Stages;
using Streaming.Operators.Bandits;
using Streaming.Operators.Drift;
using Streaming.Operators.Evaluation;
using Streaming.Operators.Models;
using Streaming.Operators.Sketches;
using Streaming.Operators.Windows;

namespace Streaming.Host.Configuration;

/// <summary>Every type of stage, in the order of the flow.</summary>
internal static class StageCatalogue
{
    public static IReadOnlyList<StageType> All { get; } =
        [.. WindowStages.All, .. SketchStages.All, .. ModelStages.All, .. BanditStages.All, .. DriftStages.All, .. EvaluationStages.All];
}
