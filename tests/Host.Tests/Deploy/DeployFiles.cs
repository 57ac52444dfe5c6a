using Streaming.Shared.Data;
using YamlDotNet.RepresentationModel;

namespace Streaming.Host.Tests.Deploy;

/// <summary>The files under deploy/.</summary>
internal static class DeployFiles
{
    public static string Folder { get; } = Path.Combine(SharedData.Root, "deploy");

    public static string Text(string path) => File.ReadAllText(Path.Combine(Folder, path));

    /// <summary>Every YAML file, by its path in the folder.</summary>
    public static IEnumerable<string> Yaml() =>
        Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".yaml" or ".yml")
            .Select(f => Path.GetRelativePath(Folder, f))
            .Order(StringComparer.Ordinal);

    /// <summary>The documents of a YAML file.</summary>
    public static List<YamlNode> Documents(string path)
    {
        YamlStream stream = [];
        using StringReader reader = new(Text(path));
        stream.Load(reader);
        return [.. stream.Documents.Select(d => d.RootNode)];
    }

    /// <summary>What is at a path of keys; null if one is missing.</summary>
    public static YamlNode? At(this YamlNode? node, params string[] keys)
    {
        foreach (string key in keys)
        {
            node = node switch
            {
                YamlMappingNode map => map.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? child) ? child : null,
                YamlSequenceNode list => list.Children[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The scalar at a path of keys; null if there is none.</summary>
    public static string? Value(this YamlNode? node, params string[] keys) => (node.At(keys) as YamlScalarNode)?.Value;
}
