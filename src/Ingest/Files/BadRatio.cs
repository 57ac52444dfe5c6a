using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Joining;

namespace Streaming.Ingest.Files;

/// <summary>Judges a log by its share of bad records.</summary>
internal static class BadRatio
{
    /// <summary>
    /// Does nothing if at most <paramref name="allowed"/> of the records are bad: those that the join rejected are good, and came too late. Else waits until every batch is back in the pool: the fault cancels
    /// what is still under way, and the bad records are to be in the dead letters by then.
    /// </summary>
    /// <param name="counts">Of the whole log.</param>
    /// <param name="allowed">Share, 0 to 1.</param>
    /// <param name="first">The first bad record that was seen; null if all of them were before a resume.</param>
    /// <param name="pool">Where the source's batches come from.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="BadRecordsException">More are.</exception>
    public static async ValueTask JudgeAsync(PartitionPosition counts, double allowed, BadRecord? first, BatchPool pool, CancellationToken ct)
    {
        if (counts.RejectedTotal - RewardJoin.RejectedOf(counts) <= allowed * counts.Records) return;
        await UntilAllAreBackAsync(pool, ct);
        throw new BadRecordsException(Message(counts, allowed, first));
    }

    /// <summary>Waits until every batch is back in the pool.</summary>
    public static async ValueTask UntilAllAreBackAsync(BatchPool pool, CancellationToken ct)
    {
        BatchLease[] leases = new BatchLease[pool.Size];
        int held = 0;
        try
        {
            for (; held < leases.Length; held++) leases[held] = await pool.RentAsync(ct);
        }
        finally
        {
            while (held > 0) leases[--held].Release();
        }
    }

    private static string Message(PartitionPosition counts, double allowed, BadRecord? first)
    {
        long rejected = counts.RejectedTotal - RewardJoin.RejectedOf(counts);
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
        text.Append(". 'streaming validate' shows more of them; take the log as it is with --set Source:MaxBadRatio=1.");
        return text.ToString();
    }
}
