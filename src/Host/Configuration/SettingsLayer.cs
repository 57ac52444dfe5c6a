using Microsoft.Extensions.Configuration;

namespace Streaming.Host.Configuration;

/// <summary>Settings from the command line as a layer of the configuration.</summary>
internal static class SettingsLayer
{
    /// <summary>Adds them. Where a path is there twice, in whatever case, the last value counts.</summary>
    public static IConfigurationBuilder AddSettings(this IConfigurationBuilder builder, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        Dictionary<string, string?> last = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string path, string? value) in settings)
        {
            last.Remove(path);
            last.Add(path, value);
        }

        return builder.AddInMemoryCollection(last);
    }
}
