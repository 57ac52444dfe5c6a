using System.Globalization;
using System.Text.RegularExpressions;
using Streaming.Host.Configuration;

namespace Streaming.Host.Worker;

/// <summary>The logs that a worker learns from before it goes live, by shard.</summary>
/// <param name="Logs">Files of each shard, in the order in which they are read.</param>
internal sealed record Backfill(IReadOnlyDictionary<int, IReadOnlyList<string>> Logs)
{
    /// <summary>Stands for the number of the shard in the name of a file.</summary>
    public const string Shard = "{shard}";

    /// <summary>Finds the logs that <paramref name="patterns"/> name: a path for each shard, by <c>{shard}</c> in the file's name, or one for a source with one partition.</summary>
    /// <exception cref="ConfigurationException">A pattern fits no file, or not the source.</exception>
    public static Backfill Of(IReadOnlyList<string> patterns, bool hasShards)
    {
        SortedDictionary<int, IReadOnlyList<string>> logs = [];
        foreach (string pattern in patterns)
        {
            string file = Path.GetFileName(pattern);
            if (hasShards != file.Contains(Shard, StringComparison.Ordinal))
            {
                throw new ConfigurationException("--backfill", hasShards
                    ? $"found '{pattern}', but the source has several partitions: name the log of each by {Shard} in the name of the file, as in log-{Shard}.jsonl"
                    : $"found '{pattern}', but the source has one partition: name its log without {Shard}");
            }

            foreach ((int shard, string path) in hasShards ? Matches(pattern) : [(0, pattern)]) logs[shard] = [.. logs.GetValueOrDefault(shard) ?? [], path];
        }

        return new Backfill(logs);
    }

    private static IEnumerable<(int Shard, string Path)> Matches(string pattern)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(pattern))!, file = Path.GetFileName(pattern);
        Regex name = new($"^{Regex.Escape(file).Replace(@"\{shard}", "([0-9]{1,9})", StringComparison.Ordinal)}$", RegexOptions.NonBacktracking);
        (int Shard, string Path)[] found = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder)
                .Select(f => (Match: name.Match(Path.GetFileName(f)), Path: f))
                .Where(f => f.Match.Success)
                .Select(f => (int.Parse(f.Match.Groups[1].Value, CultureInfo.InvariantCulture), f.Path))
                .Order()]
            : [];
        return found.Length > 0 ? found : throw new ConfigurationException("--backfill", $"found '{pattern}', but there is no such file for any shard");
    }
}
