using System.Numerics;

namespace Streaming.Ingest.Kafka;

/// <summary>The share of bad records among the last 10,000 of a stream that does not end. One caller at a time; constant time a record.</summary>
internal sealed class BadRecordWindow
{
    /// <summary>Records in the window.</summary>
    public const int Length = 10_000;

    private readonly ulong[] _bad = new ulong[(Length + 63) / 64];
    private readonly double _allowed;
    private int _next;

    /// <summary>A window in which <paramref name="ratio"/> of <see cref="Length"/> may be bad, however few came yet.</summary>
    public BadRecordWindow(double ratio) => _allowed = Math.Round(ratio * Length, 6); // 0.0003 of 10,000 are 3, not a little less

    /// <summary>Bad records in the window.</summary>
    public int Bad { get; private set; }

    /// <summary>Adds a record, which pushes the oldest out; false if there are more bad ones now than may be.</summary>
    public bool Add(bool bad)
    {
        ref ulong word = ref _bad[_next >> 6];
        ulong bit = 1UL << (_next & 63);
        Bad += (bad ? 1 : 0) - BitOperations.PopCount(word & bit);
        word = bad ? word | bit : word & ~bit;
        _next = _next + 1 == Length ? 0 : _next + 1;
        return Bad <= _allowed;
    }
}
