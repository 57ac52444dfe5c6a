using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// The last ranks as a ring of bytes and a count of each: measures at a k are sums of whole numbers times constants, so nothing drifts. Reciprocal ranks and areas, where
/// they are known at all, are sliding sums. Amortized O(1) a rank, and a byte each; 8 more for each of those sums.
/// </summary>
internal sealed class RankWindow
{
    private const int Unknown = RankMeasure.MaxK + 1;
    private const int BeyondTen = Unknown + 1; // of the layout before, which told no more apart
    private const int Codes = BeyondTen + 1;

    private readonly RankMeasures _measures;
    private readonly byte[] _ring;
    private readonly int[] _counts = new int[Codes];
    private readonly double[][] _rings;
    private readonly SlidingSum[] _sums;
    private int _next;
    private int _count;

    /// <summary>A window over the last <paramref name="size"/> ranks.</summary>
    public RankWindow(RankMeasures measures, int size)
    {
        (_measures, _ring) = (measures, new byte[size]);
        _rings = [.. Enumerable.Range(measures.Reciprocal, measures.Count - measures.Reciprocal).Select(m => measures.IsKnown(m) ? new double[size] : [])];
        _sums = new SlidingSum[_rings.Length];
    }

    /// <summary>Most bytes of a window of this size.</summary>
    public static long BytesFor(RankMeasures measures, int size)
    {
        int sums = Enumerable.Range(measures.Reciprocal, measures.Count - measures.Reciprocal).Count(measures.IsKnown);
        return (size * (1L + (sizeof(double) * sums))) + (sizeof(int) * Codes) + 256;
    }

    /// <summary>Mean of a measure, as it is reported; NaN where a rank that it needs is not known, or there is none. O(k).</summary>
    public double Mean(int measure)
    {
        if (measure < 0 || _counts[Unknown] > 0 || !_measures.IsKnown(measure)) return double.NaN;
        if (measure >= _measures.Reciprocal)
        {
            int sum = measure - _measures.Reciprocal;
            return _sums[sum].Count < _count ? double.NaN : _measures.Shown(measure, _sums[sum].Sum(_rings[sum]) / _count);
        }

        bool gains = measure >= _measures.Ks.Length;
        int k = _measures.Ks[gains ? measure - _measures.Ks.Length : measure];
        if (k > RankMeasure.K && _counts[BeyondTen] > 0) return double.NaN;
        double worth = 0;
        for (int rank = 1; rank <= k; rank++) worth += _counts[rank] * (gains ? RankMeasure.Gain(rank) : 1);
        return worth / _count;
    }

    /// <summary>Takes a rank, and what it is worth.</summary>
    /// <param name="rank">1 and above, or 0 for one that is no hit at any k.</param>
    /// <param name="known">Whether it is known.</param>
    /// <param name="worth">Its worth in every measure; not looked at where the rank is not known.</param>
    public void Add(int rank, bool known, ReadOnlySpan<double> worth)
    {
        int code = !known ? Unknown : rank <= RankMeasure.MaxK ? rank : 0;
        if (_count == _ring.Length) _counts[_ring[_next]]--;
        else _count++;
        _counts[code]++;
        _ring[_next] = (byte)code;
        _next = _next + 1 == _ring.Length ? 0 : _next + 1;
        for (int i = 0; i < _sums.Length; i++)
        {
            if (_rings[i].Length > 0) _sums[i].Add(_rings[i], known ? worth[_measures.Reciprocal + i] : 0);
        }
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("window", _ring.Length);
        writer.Write(_next);
        writer.WriteSpan<byte>(_ring.AsSpan(0, _count));
        for (int i = 0; i < _sums.Length; i++)
        {
            if (_rings[i].Length > 0) _sums[i].Save(ref writer, _rings[i]);
        }
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        RestoreRing(ref reader, Codes - 1);
        for (int i = 0; i < _sums.Length; i++)
        {
            if (_rings[i].Length == 0) continue;
            _sums[i].Restore(ref reader, _rings[i]);
            if (_sums[i].Count > _count) throw new StateMismatchException($"The snapshot has sums of {_sums[i].Count} ranks in a window of {_count}.");
        }
    }

    /// <summary>Becomes what the first layout had, which told ranks of 1 to 10 apart and had no sums: those are not known until the window has passed.</summary>
    public void RestoreFirst(ref StateReader reader)
    {
        const int FirstUnknown = RankMeasure.K + 1;
        RestoreRing(ref reader, FirstUnknown);
        foreach (ref byte code in _ring.AsSpan(0, _count)) code = code == 0 ? (byte)BeyondTen : code == FirstUnknown ? (byte)Unknown : code;
        Count();
    }

    private void RestoreRing(ref StateReader reader, int largest)
    {
        reader.Shape("window", _ring.Length);
        _next = reader.ReadLength(_ring.Length - 1);
        _count = reader.ReadLength(_ring.Length);
        if (_count < _ring.Length && _next != _count) throw new StateMismatchException($"The snapshot of a window of {_ring.Length} has {_count} ranks and goes on at {_next}.");
        reader.ReadRaw(_ring.AsSpan(0, _count));
        foreach (byte code in _ring.AsSpan(0, _count))
        {
            if (code > largest) throw new StateMismatchException($"The snapshot has a rank code of {code}; 0 to {largest} is possible.");
        }

        Count();
    }

    private void Count()
    {
        Array.Clear(_counts);
        foreach (byte code in _ring.AsSpan(0, _count)) _counts[code]++;
    }
}
