using Streaming.Abstractions.Keys;

namespace Streaming.Abstractions.Sources;

/// <summary>
/// Where events come from in partitions that other processes share: a consumer group. Each partition that is this process's is a shard with a source of its own and a
/// complete state of its own; what moves is told to the <see cref="IShardOwner"/>, not to the stream of a shard.
/// </summary>
public interface IPartitionedSource : IAsyncDisposable
{
    /// <summary>
    /// Takes part until <paramref name="stop"/> is cancelled; then gives every partition back in good order (<see cref="IShardOwner.RevokeAsync"/>) and leaves the group.
    /// Calls the owner one call at a time, and takes no further part in the group while a call runs, however long, but for staying in it.
    /// </summary>
    /// <exception cref="SourceException">The source cannot be read: named, with what to do.</exception>
    Task RunAsync(IShardOwner owner, CancellationToken stop);

    /// <summary>
    /// A snapshot with this position is on the disk, so that everything before it may be forgotten where it came from: offsets are committed, for lag tools. From any thread;
    /// does not wait.
    /// </summary>
    void Acknowledge(int shard, SourcePosition position);

    /// <summary>Whether the group has given this process its share, if only of nothing, and no partition is being loaded. From any thread.</summary>
    bool IsReady { get; }
}

/// <summary>Who keeps the shards of a process.</summary>
public interface IShardOwner
{
    /// <summary>
    /// A partition is this process's from now on: restores its state, begins to read from the source that <paramref name="create"/> makes, and says where that is to go on.
    /// </summary>
    /// <param name="shard">Number of the partition.</param>
    /// <param name="create">Makes the shard's source, with the codec that gives its ids their keys. Called once, before this returns.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The position that the state has; a fresh one where there is no snapshot. A copy.</returns>
    Task<SourcePosition> AssignAsync(int shard, Func<EntityKeyCodec, IEventSource> create, CancellationToken ct);

    /// <summary>
    /// A partition goes to another process: what its source has given out is worked through, a snapshot is written, and the shard ends. When this returns the state is on the
    /// disk, and nothing of the shard writes any more.
    /// </summary>
    Task RevokeAsync(int shard);

    /// <summary>A partition went to another process already: the shard ends without writing anything. When this returns, nothing of it writes any more.</summary>
    Task LoseAsync(int shard);
}
