using System.Reflection;
using System.Text.Json;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Drift;

namespace Streaming.Operators.Tests.Drift;

/// <summary>The published alarm traces of the detectors in the catalogue.</summary>
internal static class DriftGolden
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "drift");

    public static IReadOnlyList<DriftGoldenCase> Cases { get; } = Load();

    public static double[] Stream(string name) => [.. File.ReadLines(Path.Combine(Folder, name + ".txt")).Select(line => double.Parse(line))];

    public static IDriftDetector Create(string detector, string variant, IEnumerable<(string Option, JsonElement Value)> options)
    {
        ComponentType<IDriftDetector> type = DetectorCatalogue.All.Single(t => t.Name == detector);
        object target = type.NewOptions();
        Set(target, "Variant", variant);
        foreach ((string option, JsonElement value) in options) Set(target, option, value.ToString());
        return type.Create(target, seed: 1);
    }

    private static void Set(object target, string option, string value)
    {
        PropertyInfo property = target.GetType().GetProperty(option) ?? throw new InvalidOperationException($"No option {option}.");
        property.SetValue(target, property.PropertyType.IsEnum ? Enum.Parse(property.PropertyType, value, ignoreCase: true) : Convert.ChangeType(value, property.PropertyType));
    }

    private static List<DriftGoldenCase> Load()
    {
        HashSet<string> known = [.. DetectorCatalogue.All.Select(t => t.Name)];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")));
        return
        [
            .. document.RootElement.GetProperty("cases").EnumerateArray()
                .Where(c => known.Contains(c.GetProperty("detector").GetString()!))
                .Select(c => new DriftGoldenCase(
                    c.GetProperty("detector").GetString()!,
                    c.GetProperty("variant").GetString()!,
                    c.GetProperty("stream").GetString()!,
                    [.. c.GetProperty("options").EnumerateObject().Select(o => (o.Name, o.Value.Clone()))],
                    Indices(c, "drifts")!,
                    Indices(c, "warnings"))),
        ];
    }

    private static int[]? Indices(JsonElement c, string name) =>
        c.TryGetProperty(name, out JsonElement list) ? [.. list.EnumerateArray().Select(e => e.GetInt32())] : null;
}

internal sealed record DriftGoldenCase(
    string Detector, string Variant, string Stream, (string Option, JsonElement Value)[] Options, int[] Drifts, int[]? Warnings);
