namespace Streaming.Ingest.Formats;

/// <summary>What one record may hold: more is <see cref="Abstractions.Sources.RejectionReason.TooComplex"/>.</summary>
internal static class DecisionLimits
{
    /// <summary>Most actions of a decision.</summary>
    public const int MaxActions = 10_000;

    /// <summary>Most features of a record, its actions' included.</summary>
    public const int MaxFeatures = 65_536;
}
