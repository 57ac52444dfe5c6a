using System.Text.Json;
using Streaming.Ingest.Synthetic;

namespace Streaming.Ingest.Tests.Synthetic;

/// <summary>The records of a generated log, as text and as JSON.</summary>
internal static class GeneratedLines
{
    /// <summary>Records from where the generator is, up to a number of them.</summary>
    public static List<string> Of(ILogGenerator generator, int most = int.MaxValue)
    {
        byte[] line = new byte[generator.MaxLineBytes];
        List<string> lines = [];
        while (lines.Count < most && generator.Next(line) is > 0 and int length) lines.Add(System.Text.Encoding.UTF8.GetString(line, 0, length));
        return lines;
    }

    /// <summary>The decisions of a generated log.</summary>
    public static List<LoggedDecision> Decisions(ILogGenerator generator) => [.. Of(generator).Where(l => l.Contains("\"actions\"", StringComparison.Ordinal)).Select(LoggedDecision.Parse)];
}

/// <summary>What a line says of a decision.</summary>
internal sealed record LoggedDecision(
    string? Id, long Time, string? User, string[] Actions, double[][] Features, int Chosen, double Propensity, int? Reward, int[]? Rewards, double[] Expected)
{
    public static LoggedDecision Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        return new LoggedDecision(
            root.TryGetProperty("decision", out JsonElement id) ? id.GetString() : null,
            root.GetProperty("ts").GetInt64(),
            root.TryGetProperty("user", out JsonElement user) ? user.GetRawText() : null,
            [.. root.GetProperty("actions").EnumerateArray().Select(a => a.GetProperty("id").GetString()!)],
            [.. root.GetProperty("actions").EnumerateArray().Select(a => a.GetProperty("x").EnumerateArray().Select(x => x.GetDouble()).ToArray())],
            root.GetProperty("chosen").GetInt32(),
            root.GetProperty("propensity").GetDouble(),
            root.TryGetProperty("reward", out JsonElement reward) ? reward.GetInt32() : null,
            root.TryGetProperty("rewards", out JsonElement rewards) ? [.. rewards.EnumerateArray().Select(r => r.GetInt32())] : null,
            [.. root.GetProperty("expected").EnumerateArray().Select(e => e.GetDouble())]);
    }
}
