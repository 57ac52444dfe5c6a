namespace Streaming.Sinks;

/// <summary>
/// Options of a sink that writes a file of its own: two sinks, or a sink and a log, must not share one, and nor must two shards
/// (<see cref="ShardFile"/>).
/// </summary>
public interface IFileSinkOptions
{
    /// <summary>Path of the file; <c>{shard}</c> in it stands for the number of the shard.</summary>
    string? File { get; }
}
