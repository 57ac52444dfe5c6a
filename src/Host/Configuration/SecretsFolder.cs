using System.Text;
using Microsoft.Extensions.Configuration;

namespace Streaming.Host.Configuration;

/// <summary>
/// A folder with a file for each value, as Docker, Kubernetes and systemd hand secrets over: the file <c>Http__AdminToken</c> has the value of <c>Http:AdminToken</c>, without the
/// line end behind it. A file without <c>__</c> in its name is none of ours: certificates may lie there too.
/// </summary>
internal static class SecretsFolder
{
    /// <summary>Environment variable that names the folder.</summary>
    public const string Variable = "STREAMING_SECRETS";

    /// <summary>Environment variable by which systemd names the folder of a service's credentials; weaker than the other.</summary>
    public const string SystemdVariable = "CREDENTIALS_DIRECTORY";

    private const string Separator = "__";
    private const int MaxBytes = 64 * 1024;

    /// <summary>Adds the folders that the environment names.</summary>
    /// <exception cref="ConfigurationException">A folder or a file cannot be read, or a file is larger than 64 KiB or no text.</exception>
    public static IConfigurationBuilder AddSecrets(this IConfigurationBuilder builder, Func<string, string?> environment)
    {
        foreach (string variable in (string[])[SystemdVariable, Variable])
        {
            if (environment(variable) is { Length: > 0 } folder) builder.AddInMemoryCollection(Read(variable, folder));
        }

        return builder;
    }

    private static List<KeyValuePair<string, string?>> Read(string variable, string folder)
    {
        List<KeyValuePair<string, string?>> values = [];
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                string name = Path.GetFileName(file);
                if (!name.Contains(Separator, StringComparison.Ordinal) || name.StartsWith('.')) continue;
                values.Add(new(name.Replace(Separator, ConfigurationPath.KeyDelimiter, StringComparison.Ordinal), Value(variable, file)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(variable, $"the folder {folder} cannot be read: {e.Message}");
        }

        return values;
    }

    private static string Value(string variable, string file)
    {
        using FileStream stream = File.OpenRead(file);
        byte[] bytes = new byte[MaxBytes + 1];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > MaxBytes) throw new ConfigurationException(variable, $"the file {file} has more than {MaxBytes} bytes, which is no secret's size");
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, length).TrimEnd('\r', '\n');
        }
        catch (DecoderFallbackException)
        {
            throw new ConfigurationException(variable, $"the file {file} is no UTF-8 text");
        }
    }
}
