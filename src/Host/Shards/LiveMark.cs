using Streaming.Host.Files;

namespace Streaming.Host.Shards;

/// <summary>Says of a shard's folder that the shard has gone live, so that no backfill is begun, or gone on with, over what it has learned since: an empty file, <c>live</c>.</summary>
internal static class LiveMark
{
    private const string FileName = "live";

    /// <summary>Whether the shard has gone live.</summary>
    public static bool IsSet(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>The shard goes live; when this returns the mark is on the disk.</summary>
    public static void Set(string folder)
    {
        if (!IsSet(folder)) new DurableFiles(new SystemFiles()).Replace(Path.Combine(folder, FileName), _ => { });
    }
}
