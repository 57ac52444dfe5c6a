using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Files;

namespace Streaming.Ingest.WriteAhead;

/// <summary>
/// Judges a stream without an end by the bad ones among its last 10,000 records: more than the allowed share of that many, and it ends. Begins anew after a restart.
/// </summary>
/// <param name="allowed">Share, 0 to 1.</param>
internal sealed class SlidingBadRatio(double allowed)
{
    /// <summary>Records that are looked back on.</summary>
    public const int Window = 10_000;

    private readonly bool[] _bad = new bool[Window];
    private int _at;
    private int _count;
    private BadRecord? _last;

    /// <summary>Notes a record. Constant time.</summary>
    public void Add(bool bad)
    {
        _count += (bad ? 1 : 0) - (_bad[_at] ? 1 : 0);
        _bad[_at] = bad;
        _at = _at + 1 == Window ? 0 : _at + 1;
    }

    /// <summary>Notes which record was bad, for people.</summary>
    public void Remember(in BadRecord record) => _last = record;

    /// <summary>Does nothing if few enough are bad; else waits until every batch is back in the pool, so that the bad records are in the dead letters, and fails.</summary>
    /// <exception cref="BadRecordsException">More are.</exception>
    public async ValueTask JudgeAsync(BatchPool pool, CancellationToken ct)
    {
        if (_count <= Math.Round(allowed * Window, 6)) return; // 0.0003 of 10,000 are 3, not a little less
        await BadRatio.UntilAllAreBackAsync(pool, ct);
        throw new BadRecordsException(
            $"{_count} of the last {Window} records are bad; Source:MaxBadRatio allows {100 * allowed:0.###} %. The last: {_last}. They are in the dead letters; take the stream as it is with Source:MaxBadRatio=1.");
    }
}
