using System.Text.Json;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>What a worker says it has learned, an event a line.</summary>
internal static class EventsFile
{
    /// <summary>The offset of each event, in the order of the file.</summary>
    public static IEnumerable<long> Offsets(string file) => Read(file, e => e.GetProperty("offset").GetInt64());

    /// <summary>The item of each event, in the order of the file.</summary>
    public static IEnumerable<string> Items(string file) => Read(file, e => e.GetProperty("item").GetString()!);

    private static IEnumerable<T> Read<T>(string file, Func<JsonElement, T> pick)
    {
        foreach (string line in File.ReadLines(file))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            yield return pick(json.RootElement);
        }
    }
}
