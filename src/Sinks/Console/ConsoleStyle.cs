namespace Streaming.Sinks.Console;

/// <summary>Whether and how text is coloured. Without colour every method gives its text back.</summary>
/// <param name="Colour">Whether escape sequences (ECMA-48, SGR) are written.</param>
public readonly record struct ConsoleStyle(bool Colour)
{
    /// <summary>Plain text.</summary>
    public static ConsoleStyle Plain => default;

    /// <summary>Colour on a terminal, unless <c>NO_COLOR</c> is set and not empty (no-color.org) or <c>TERM</c> is <c>dumb</c>.</summary>
    /// <param name="isTerminal">Whether the text goes to a terminal; piped text is never coloured.</param>
    /// <param name="environment">Looks up an environment variable.</param>
    public static ConsoleStyle Detect(bool isTerminal, Func<string, string?> environment) =>
        new(isTerminal && string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") != "dumb");

    /// <summary>Text that stands out.</summary>
    public string Bold(string text) => Wrap("1", text);

    /// <summary>Text that steps back.</summary>
    public string Dim(string text) => Wrap("2", text);

    /// <summary>Good news.</summary>
    public string Good(string text) => Wrap("32", text);

    /// <summary>News to look at.</summary>
    public string Warn(string text) => Wrap("33", text);

    private string Wrap(string code, string text) => Colour ? $"\e[{code}m{text}\e[0m" : text;
}
