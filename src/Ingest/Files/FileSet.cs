using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Files;

/// <summary>Turns what users name as logs into files.</summary>
public static class FileSet
{
    /// <summary>The standard input.</summary>
    public const string StandardInput = "-";

    private static readonly EnumerationOptions Here = new() { MatchType = MatchType.Simple, IgnoreInaccessible = false };

    /// <summary>
    /// The files that <paramref name="paths"/> name, in their order; a glob (<c>*</c> and <c>?</c>, in any part of the path; dot files are left out)
    /// stands for what it matches in ordinal order.
    /// </summary>
    /// <exception cref="SourceException">Nothing has this name, or it is a directory, or the standard input is named twice.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> paths)
    {
        List<string> files = [];
        foreach (string path in paths)
        {
            if (path == StandardInput && files.Contains(StandardInput)) throw new SourceException("'-' is named twice; the standard input can be read once.");
            if (path == StandardInput || File.Exists(path)) files.Add(path);
            else if (Directory.Exists(path)) throw new SourceException($"{path}: is a directory; name its files, as in {Path.Combine(path, "*")}");
            else if (path.AsSpan().ContainsAny('*', '?')) files.AddRange(Glob(path));
            else throw new SourceException($"{path}: no such file.");
        }

        return files;
    }

    private static List<string> Glob(string pattern)
    {
        string[] parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        List<string> found = [pattern.StartsWith('/') ? "/" : string.Empty];
        for (int i = 0; i < parts.Length; i++)
        {
            string part = parts[i];
            bool last = i == parts.Length - 1;
            found = [.. found.SelectMany(folder => Match(folder, part, last, pattern))];
        }

        if (found.Count == 0) throw new SourceException($"{pattern}: no file matches.");
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static IEnumerable<string> Match(string folder, string part, bool last, string pattern)
    {
        string literal = Path.Combine(folder, part);
        if (!part.AsSpan().ContainsAny('*', '?')) return (last ? File.Exists(literal) : Directory.Exists(literal)) ? [literal] : [];
        string start = folder.Length == 0 ? "." : folder;
        try
        {
            string[] names = last ? Directory.GetFiles(start, part, Here) : Directory.GetDirectories(start, part, Here);
            return names.Select(n => Path.Combine(folder, Path.GetFileName(n)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"{pattern}: {e.Message}", e);
        }
    }
}
