namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Popularity"/>.</summary>
public sealed class PopularityOptions : RecommenderOptions;
