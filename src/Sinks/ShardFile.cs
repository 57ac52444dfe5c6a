namespace Streaming.Sinks;

/// <summary>Names the file of one shard: the shards of a process write files of their own.</summary>
public static class ShardFile
{
    /// <summary>What stands in a path for the number of the shard.</summary>
    public const string Placeholder = "{shard}";

    /// <summary>The path with every <see cref="Placeholder"/> replaced by <paramref name="shard"/> in decimal.</summary>
    public static string Of(string path, int shard) => path.Replace(Placeholder, shard.ToString(), StringComparison.Ordinal);

    /// <summary>Whether shards with this path have files of their own.</summary>
    public static bool IsIn(string path) => path.Contains(Placeholder, StringComparison.Ordinal);
}
