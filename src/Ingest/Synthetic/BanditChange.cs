namespace Streaming.Ingest.Synthetic;

/// <summary>How the arms of the bandit simulator change over the log.</summary>
public enum BanditChange
{
    /// <summary>Never.</summary>
    None,

    /// <summary>At each quarter of the log all arms are drawn anew.</summary>
    Abrupt,

    /// <summary>The arms move linearly from one quarter point to the next, where each has been drawn anew.</summary>
    Gradual,

    /// <summary>At each quarter of the log two sets of arms take turns.</summary>
    Recurring,
}
