namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="RunningMean"/>: there are none.</summary>
public sealed class RunningMeanOptions;
