namespace Streaming.Architecture.Tests.Docs;

/// <summary>
/// The commands that a Markdown text shows: in blocks fenced as <c>console</c>, each line that begins with <c>$ ./streaming</c>, with the lines it
/// goes on in (a backslash ends a line that is not the last). A block with the comment <c>&lt;!-- not run --&gt;</c> above it is left out.
/// </summary>
internal static class ReadmeCommands
{
    private const string Prompt = "$ ";
    private const string NotRun = "<!-- not run -->";

    /// <summary>The commands in the order of the text, without the prompt.</summary>
    public static IEnumerable<string> Of(string markdown)
    {
        string above = "";
        bool inside = false, runs = false;
        string? begun = null;
        foreach (string line in markdown.Split('\n').Select(l => l.TrimEnd()))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inside = !inside;
                runs = inside && line == "```console" && above != NotRun;
                begun = null;
            }
            else if (begun is not null || (runs && line.StartsWith(Prompt + "./streaming ", StringComparison.Ordinal)))
            {
                begun = begun is null ? line[Prompt.Length..] : begun + line.TrimStart();
                if (begun.EndsWith('\\'))
                {
                    begun = begun[..^1];
                    continue;
                }

                yield return begun;
                begun = null;
            }

            if (line.Length > 0) above = line;
        }
    }
}
