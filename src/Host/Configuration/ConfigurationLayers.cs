using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Streaming.Host.Configuration;

/// <summary>
/// Where the configuration comes from, weakest first: the pipeline file (or the default one), environment variables with the prefix
/// <c>STREAMING__</c>, the folders of secrets that the environment names (<see cref="SecretsFolder"/>), and the command line.
/// </summary>
/// <param name="PipelineFile">Path of a JSON file; null for the default pipeline.</param>
/// <param name="Settings">Paths and values from the command line, in order; of several values for a path the last counts.</param>
internal sealed record ConfigurationLayers(string? PipelineFile, IReadOnlyList<KeyValuePair<string, string?>> Settings)
{
    /// <summary>Logs named on the command line; where there are any, they replace what the file says of the source's paths.</summary>
    public IReadOnlyList<string> Logs { get; init; } = [];

    /// <summary>Files that the command writes beside those of the sinks, by the option that names each.</summary>
    public IReadOnlyList<(string Option, string File)> Outputs { get; init; } = [];

    /// <summary>Where bad records go if the configuration names no sink for them; null for nowhere.</summary>
    public string? DeadLetters { get; init; }

    /// <summary>Reads an environment variable that names a folder of secrets.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Takes what the user should know, a line each.</summary>
    public Action<string> Say { get; init; } = Console.Error.WriteLine;

    /// <exception cref="ConfigurationException">The file is missing or no JSON, or a folder of secrets cannot be read.</exception>
    public IConfigurationRoot Build()
    {
        foreach (string path in Settings.Select(s => s.Key).Where(SecretPaths.Contain).Distinct(StringComparer.OrdinalIgnoreCase))
            Say($"warning: {path} is a secret, and whoever lists the processes can read it: put it into a file (see {SecretsFolder.Variable})");
        ConfigurationBuilder builder = new();
        using Stream file = Open();
        builder.AddJsonStream(file);
        builder.AddEnvironmentVariables("STREAMING__");
        builder.AddSecrets(Environment);
        builder.AddSettings(Settings);
        try
        {
            return builder.Build();
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or System.Text.Json.JsonException)
        {
            string reason = e.InnerException?.Message ?? e.Message;
            throw new ConfigurationException(PipelineFile ?? "everything.json", $"is not the JSON of a pipeline: {reason}");
        }
    }

    private Stream Open()
    {
        if (PipelineFile is null) return Assembly.GetExecutingAssembly().GetManifestResourceStream("everything.json")!;
        try
        {
            return File.OpenRead(PipelineFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException("--pipeline", $"the file {PipelineFile} cannot be read: {e.Message}");
        }
    }
}
