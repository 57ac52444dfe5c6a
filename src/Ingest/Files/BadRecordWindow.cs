using System.Numerics;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Files;

/// <summary>Judges a stream that does not end by its share of bad records among the last 10,000. Begins anew after a restart.</summary>
/// <remarks>One caller at a time; constant time a record.</remarks>
/// <param name="ratio">Share of <see cref="Length"/> that may be bad, 0 to 1, however few records came yet.</param>
internal sealed class BadRecordWindow(double ratio)
{
    /// <summary>Records in the window.</summary>
    public const int Length = 10_000;

    private readonly ulong[] _bad = new ulong[(Length + 63) / 64];
    private readonly double _allowed = Math.Round(ratio * Length, 6); // 0.0003 of 10,000 are 3, not a little less
    private int _next;

    /// <summary>Bad records in the window.</summary>
    public int Bad { get; private set; }

    /// <summary>Whether there were more bad ones after any record than may be: wherever batches are cut, the stream ends.</summary>
    public bool TooMany { get; private set; }

    /// <summary>Adds a record, which pushes the oldest out.</summary>
    public void Add(bool bad)
    {
        ref ulong word = ref _bad[_next >> 6];
        ulong bit = 1UL << (_next & 63);
        Bad += (bad ? 1 : 0) - BitOperations.PopCount(word & bit);
        word = bad ? word | bit : word & ~bit;
        _next = _next + 1 == Length ? 0 : _next + 1;
        TooMany |= Bad > _allowed;
    }

    /// <summary>Waits until every batch is back in the pool, so that the bad records are in the dead letters, and fails.</summary>
    /// <param name="records">What is read: <c>records of shard 3</c>.</param>
    /// <param name="first">The first bad record of the read.</param>
    /// <param name="pool">Where the source's batches come from.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="BadRecordsException">Always.</exception>
    public async ValueTask FailAsync(string records, string? first, BatchPool pool, CancellationToken ct)
    {
        await BadRatio.UntilAllAreBackAsync(pool, ct);
        throw new BadRecordsException($"{Bad} of the last {Length} {records} are bad; Source:MaxBadRatio allows {100 * ratio:0.###} %. "
            + $"The first: {first}. They are in the dead letters; take the stream as it is with --set Source:MaxBadRatio=1.");
    }
}
