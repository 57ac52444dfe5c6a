namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Bpr{T}"/>.</summary>
public sealed class BprOptions : PairwiseOptions;
