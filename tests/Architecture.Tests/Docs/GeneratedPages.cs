using Streaming.Shared.Data;
using Xunit;

namespace Streaming.Architecture.Tests.Docs;

/// <summary>Compares a page of docs/ with what it should be, or writes it.</summary>
internal static class GeneratedPages
{
    /// <summary>First lines of each page.</summary>
    public const string Notice = "<!-- Generated from the code; do not edit. STREAMING_UPDATE_DOCS=1 ./test Architecture writes it anew. -->\n\n";

    /// <summary>Fails where docs/<paramref name="name"/> is not <paramref name="expected"/>; with STREAMING_UPDATE_DOCS=1 makes it so instead.</summary>
    public static void Check(string name, string expected)
    {
        string file = Path.Combine(SharedData.Root, "docs", name);
        if (Environment.GetEnvironmentVariable("STREAMING_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, expected);
            return;
        }

        string found = File.Exists(file) ? File.ReadAllText(file) : "";
        if (FirstDifference(found, expected) is { } difference)
            Assert.Fail($"docs/{name} is not what the code says ({difference}). Run 'STREAMING_UPDATE_DOCS=1 ./test Architecture' and commit the page.");
    }

    /// <summary>The first line in which two texts differ, for people; null where there is none.</summary>
    public static string? FirstDifference(string found, string expected)
    {
        string[] a = found.Split('\n'), b = expected.Split('\n');
        for (int i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            string? left = i < a.Length ? a[i] : null, right = i < b.Length ? b[i] : null;
            if (left != right) return $"line {i + 1} is {Quoted(left)} and should be {Quoted(right)}";
        }

        return null;
    }

    private static string Quoted(string? line) => line is null ? "missing" : $"'{line}'";
}
