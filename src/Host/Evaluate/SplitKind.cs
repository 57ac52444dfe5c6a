namespace Streaming.Host.Evaluate;

/// <summary>How a log is split into what is learned and what is held out.</summary>
internal enum SplitKind
{
    /// <summary>The last share of the stream.</summary>
    Temporal,

    /// <summary>Events drawn by a hash of their number and the seed.</summary>
    Random,

    /// <summary>The last events of each user: a number of them, or a share.</summary>
    PerUser,

    /// <summary>A second file.</summary>
    Given,
}
