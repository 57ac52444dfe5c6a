using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>What a detector found: a configured format, or why there is none.</summary>
/// <param name="Format">The format; null if none fits.</param>
/// <param name="Failure">What was tried, why it does not fit, and what to do; null if a format fits.</param>
public readonly record struct Detection(IEventFormat? Format, string? Failure);
