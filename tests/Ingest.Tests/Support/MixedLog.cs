using System.Text;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Tests.Support;

/// <summary>A log in which everything happens.</summary>
internal static class MixedLog
{
    /// <summary>Three files with headers, bad records, filtered ones, empty lines, missing times and unordered times.</summary>
    public static SourceOptions In(TempFolder folder, LogOrder order, bool compressed = false)
    {
        CounterRng rng = new(99, 1);
        List<string> paths = [];
        for (int file = 0; file < 3; file++)
        {
            StringBuilder log = new("\uFEFFuser,item,rating,time,hour\n");
            for (int i = 0; i < 60; i++)
            {
                string time = rng.NextBelow(5) == 0 ? string.Empty : $"{1_000_000 + rng.NextBelow(40)}";
                log.Append(rng.NextBelow(8) switch
                {
                    0 => $"{i},x,bad,{time},1\n",
                    1 => $"{i},x,1,{time},1\r\n",
                    2 => $"\n{i},x,4,{time},13\n",
                    3 => $"{new string('z', 2000)},x,4,{time},13\n",
                    _ => $"{i},x,{3 + rng.NextBelow(3)},{time},{(i % 2 == 0 ? "7.5" : string.Empty)}\n",
                });
            }

            paths.Add(compressed ? folder.WriteGzip($"{file}.csv.gz", log.ToString()) : folder.Write($"{file}.csv", log.ToString()));
        }

        return new SourceOptions { Paths = paths, Order = order, MaxBadRatio = 1, MinimumValue = 2, MaxLineBytes = 1024 };
    }

    /// <summary>A position as text.</summary>
    public static string State(SourcePosition position)
    {
        PartitionPosition p = position.Single;
        return $"{p.Partition} {p.Records} {p.Events} {p.Filtered} {p.Join} {p.File} {p.Bytes} {p.Lines} {p.Time} {p.Fingerprint} {string.Join(' ', p.Rejected.ToArray())}";
    }
}
