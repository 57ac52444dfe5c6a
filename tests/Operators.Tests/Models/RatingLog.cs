using System.Globalization;
using Streaming.Abstractions.Events;
using Streaming.Shared.Data;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Real rating logs, sorted stably by time; the keys are the ids plus one.</summary>
internal static class RatingLog
{
    public static Event[] MovieLens() => Read("ml-latest-small/ratings.csv", ",");

    public static Event[] MovieTweetings(string size = "100k") => Read($"movietweetings/ratings-{size}.dat", "::");

    private static Event[] Read(string path, string separator)
    {
        string? file = SharedData.Log(path);
        if (file is null) Assert.Skip($"The log {path} is not on this machine.");
        IEnumerable<Event> events = File.ReadLines(file)
            .Select(line => line.Split(separator))
            .Where(fields => char.IsAsciiDigit(fields[0][0]))
            .Select(fields => Of(
                ulong.Parse(fields[0], CultureInfo.InvariantCulture) + 1,
                ulong.Parse(fields[1], CultureInfo.InvariantCulture) + 1,
                double.Parse(fields[2], CultureInfo.InvariantCulture),
                long.Parse(fields[3], CultureInfo.InvariantCulture) * 1_000_000));
        return [.. events.OrderBy(e => e.Time)];
    }

    public static Event Of(ulong user, ulong item, double value, long time = 0) =>
        new() { Kind = EventKind.Interaction, User = user, Item = item, Value = value, Time = time, Weight = 1, Propensity = double.NaN };
}
