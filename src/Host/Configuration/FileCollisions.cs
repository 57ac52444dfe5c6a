using Streaming.Ingest;
using Streaming.Sinks;

namespace Streaming.Host.Configuration;

/// <summary>Files that would be read and written, or written twice, by one run.</summary>
internal static class FileCollisions
{
    /// <summary>Adds a mistake for each. Devices are nobody's: any number of outputs may go to <c>/dev/null</c>.</summary>
    public static void Check(SourceOptions source, IReadOnlyList<SinkConfiguration> sinks, IReadOnlyList<(string Option, string File)> others, List<ConfigurationMistake> mistakes)
    {
        Dictionary<string, string> taken = new(StringComparer.Ordinal);
        if (source.Type == SourceKind.File)
        {
            foreach (string path in source.Paths.Where(p => p != "-")) taken.TryAdd(Identity(path), $"the log {path}");
        }

        if (source.Items is { Length: > 0 } items) taken.TryAdd(Identity(items), $"the file of items {items}");
        IEnumerable<(string Where, string? File)> outputs = sinks.Select(s => ($"Sinks:{s.Id}:File", (s.Options as IFileSinkOptions)?.File)).Concat(others.Select(o => (o.Option, (string?)o.File)));
        foreach ((string where, string? file) in outputs)
        {
            if (string.IsNullOrEmpty(file) || Identity(file).StartsWith("/dev/", StringComparison.Ordinal)) continue;
            if (!taken.TryAdd(Identity(file), where)) mistakes.Add(new ConfigurationMistake(where, $"names {file}, which is {taken[Identity(file)]} too: it would be overwritten"));
        }
    }

    private static string Identity(string path)
    {
        FileInfo file = new(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
    }
}
