namespace Streaming.Abstractions.State;

/// <summary>Whose state it is, when there are several shards.</summary>
public enum StateScope
{
    /// <summary>Belongs to one shard and moves with it whole.</summary>
    Shard,

    /// <summary>Belongs to one shard, and those of several can be merged into one view.</summary>
    Mergeable,

    /// <summary>There is one in the process.</summary>
    Singleton,
}
