using Microsoft.Extensions.Configuration;
using Streaming.Host.Configuration;

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

    /// <summary>Settings without a file behind them, as the section <paramref name="name"/>: the options of a component or a generator.</summary>
    public static IConfigurationSection Section(string name, IEnumerable<KeyValuePair<string, string?>> settings) =>
        new ConfigurationBuilder().AddSettings(settings.Select(s => KeyValuePair.Create($"{name}:{s.Key}", s.Value))).Build().GetSection(name);
}
