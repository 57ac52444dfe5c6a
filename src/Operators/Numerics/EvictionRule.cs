namespace Streaming.Operators.Numerics;

/// <summary>Who gives up a row when all are taken.</summary>
public enum EvictionRule
{
    /// <summary>One that was not used lately.</summary>
    Recency,

    /// <summary>The one that has had its row longest, used or not.</summary>
    Age,
}
