namespace Streaming.Ingest.Synthetic;

/// <summary>How the decisions of a generated log were made.</summary>
public enum LoggingPolicy
{
    /// <summary>Every candidate with the same probability.</summary>
    Uniform,

    /// <summary>Half of the probability evenly, half by the popularity of the items; in millionths.</summary>
    Popularity,
}
