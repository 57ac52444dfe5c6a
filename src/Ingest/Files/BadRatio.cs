using System.Text;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Files;

/// <summary>Judges a log by its share of bad records.</summary>
internal static class BadRatio
{
    /// <summary>Does nothing if at most <paramref name="allowed"/> of the records are rejected.</summary>
    /// <param name="counts">Of the whole log.</param>
    /// <param name="allowed">Share, 0 to 1.</param>
    /// <param name="first">The first bad record that was seen; null if all of them were before a resume.</param>
    /// <exception cref="BadRecordsException">More are.</exception>
    public static void Judge(PartitionPosition counts, double allowed, BadRecord? first)
    {
        long rejected = counts.RejectedTotal;
        if (rejected <= allowed * counts.Records) return;
        StringBuilder text = new();
        text.Append($"{rejected} of {counts.Records} records are bad ({100.0 * rejected / counts.Records:0.###} %); ");
        text.Append($"Source:MaxBadRatio allows {100 * allowed:0.###} %. By reason:");
        string comma = " ";
        for (int i = 0; i < counts.Rejected.Length; i++)
        {
            if (counts.Rejected[i] == 0) continue;
            text.Append($"{comma}{counts.Rejected[i]} {((RejectionReason)i).Label()}");
            comma = ", ";
        }

        if (first is BadRecord record) text.Append($". The first: {record}");
        text.Append(". See all of them with 'streaming validate', or take more with --set Source:MaxBadRatio=1.");
        throw new BadRecordsException(text.ToString());
    }
}
