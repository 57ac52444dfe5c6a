using System.Globalization;
using System.Text;
using Streaming.Abstractions.Randomness;

namespace Streaming.Pipeline.Tests.Privacy;

/// <summary>A log of interactions of users with long ids, with control records between them that forget one or another.</summary>
internal static class ForgottenStream
{
    /// <summary>Who is forgotten for good: their last record is the one that says so.</summary>
    public const string Gone = "gone-for-good@example.com";

    /// <summary>Who is forgotten and comes again.</summary>
    public const string Returning = "comes-again@example.com";

    /// <summary>Writes <paramref name="events"/> events in the order of their times.</summary>
    public static void Write(string file, int events)
    {
        CounterRng rng = new(21, 5);
        StringBuilder log = new();
        for (int i = 0; i < events; i++)
        {
            ulong draw = rng.NextBelow(60);
            string user = draw == 0 && i < events / 2 ? Gone : draw < 3 ? Returning : string.Create(CultureInfo.InvariantCulture, $"someone-{draw}@example.com");
            log.Append(CultureInfo.InvariantCulture, $"{{\"user\":\"{user}\",\"item\":\"a-long-item-{rng.NextBelow(80)}\",\"value\":{1 + rng.NextBelow(5)},\"ts\":{1000 + i}}}\n");
            if (i == events / 2) log.Append(CultureInfo.InvariantCulture, $"{{\"control\":\"forget\",\"user\":\"{Gone}\",\"ts\":{1000 + i}}}\n");
            if (i % 3000 == 1500) log.Append(CultureInfo.InvariantCulture, $"{{\"control\":\"forget\",\"user\":\"{Returning}\",\"ts\":{1000 + i}}}\n");
        }

        File.WriteAllText(file, log.ToString());
    }
}
