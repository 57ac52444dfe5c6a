using System.Text.RegularExpressions;
using Streaming.Shared.Data;
using Xunit;

namespace Streaming.Architecture.Tests;

/// <summary>Habits that only the text shows.</summary>
public partial class TextRuleTests
{
    [Fact]
    public void Every_source_file_declares_the_namespace_of_its_folder()
    {
        List<string> offenders = [];
        foreach (string file in Sources("src"))
        {
            string relative = Path.GetRelativePath(Path.Combine(SharedData.Root, "src"), Path.GetDirectoryName(file)!);
            string expected = "namespace Streaming." + relative.Replace(Path.DirectorySeparatorChar, '.') + ";";
            if (Path.GetFileName(file) is "Program.cs" or "AssemblyInfo.cs") continue;
            if (!File.ReadAllText(file).Contains(expected, StringComparison.Ordinal)) offenders.Add($"{relative}/{Path.GetFileName(file)}: no '{expected}'");
        }

        Assert.Empty(offenders);
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        IEnumerable<string> offenders = Sources("src").Concat(Sources("tests")).Concat(Sources("bench"))
            .Where(f => !f.EndsWith("TextRuleTests.cs", StringComparison.Ordinal))
            .SelectMany(f => File.ReadLines(f).Select((line, i) => (f, i, line)))
            .Where(l => Unfinished().IsMatch(l.line))
            .Select(l => $"{l.f}:{l.i + 1}: {l.line.Trim()}");
        Assert.Empty(offenders);
    }

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b|Skip\s*=\s*""|Assert\.True\(true\)|Thread\.Sleep\(")]
    private static partial Regex Unfinished();

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(SharedData.Root, folder), "*.cs", SearchOption.AllDirectories);
}
