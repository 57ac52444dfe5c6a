namespace Streaming.Host.Configuration;

/// <summary>One thing that is wrong in the configuration: where, what was found, and what is allowed.</summary>
/// <param name="Path">Configuration path, as in <c>--set Path=Value</c>.</param>
/// <param name="Message">What was found and what is allowed.</param>
internal sealed record ConfigurationMistake(string Path, string Message)
{
    public override string ToString() => $"{Path}: {Message}";
}

/// <summary>The configuration cannot be used; carries every mistake that was found. Ends the process with 78.</summary>
internal sealed class ConfigurationException : Exception
{
    public ConfigurationException(IEnumerable<ConfigurationMistake> mistakes)
        : base("The configuration has mistakes.") =>
        Mistakes = [.. mistakes.Distinct()];

    public ConfigurationException(string path, string message)
        : this([new ConfigurationMistake(path, message)])
    {
    }

    public IReadOnlyList<ConfigurationMistake> Mistakes { get; }
}
