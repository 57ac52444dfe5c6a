namespace Streaming.Ingest.Joining;

/// <summary>What a decision earned, when several rewards came for it.</summary>
public enum RewardAggregate
{
    /// <summary>All of them together.</summary>
    Sum,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The largest.</summary>
    Max,

    /// <summary>The one with the latest event time; of several, the largest.</summary>
    Last,
}
