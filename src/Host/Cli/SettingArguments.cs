namespace Streaming.Host.Cli;

/// <summary>The <c>--set Path=Value</c> arguments.</summary>
internal static class SettingArguments
{
    /// <summary>Splits each at its first equals sign.</summary>
    /// <exception cref="UsageException">One has no equals sign, or nothing before it.</exception>
    public static IReadOnlyList<KeyValuePair<string, string?>> Parse(IEnumerable<string> settings) =>
        [.. settings.Select(setting =>
        {
            int at = setting.IndexOf('=');
            return at > 0 ? KeyValuePair.Create(setting[..at], (string?)setting[(at + 1)..]) : throw new UsageException($"--set needs Path=Value, found '{setting}'");
        })];
}
