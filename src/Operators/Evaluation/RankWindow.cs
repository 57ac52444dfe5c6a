using Streaming.Abstractions.State;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// The last ranks as a ring of bytes and a count of each: measures are sums of whole numbers times constants, so nothing drifts. O(1) a rank, one byte each.
/// </summary>
internal sealed class RankWindow(int size)
{
    /// <summary>Code of a rank that cannot be known.</summary>
    public const int Unknown = RankMeasure.K + 1;

    private readonly byte[] _ring = new byte[size];
    private readonly int[] _counts = new int[Unknown + 1];
    private int _next;
    private int _count;

    /// <summary>Share of ranks in the first 10; NaN if one is unknown, or there is none.</summary>
    public double Recall => _counts[Unknown] > 0 ? double.NaN : (double)(_count - _counts[0]) / _count;

    /// <summary>Mean discounted gain; NaN if one is unknown, or there is none.</summary>
    public double Dcg
    {
        get
        {
            if (_counts[Unknown] > 0) return double.NaN;
            double sum = 0;
            for (int rank = 1; rank <= RankMeasure.K; rank++) sum += _counts[rank] * RankMeasure.Gain(rank);
            return sum / _count;
        }
    }

    /// <summary>Most bytes of a window of this size.</summary>
    public static long BytesFor(int size) => size + 64L;

    /// <summary>Takes a rank of 1 to 10, 0 for any other, or <see cref="Unknown"/>.</summary>
    public void Add(int code)
    {
        if (_count == _ring.Length) _counts[_ring[_next]]--;
        else _count++;
        _counts[code]++;
        _ring[_next] = (byte)code;
        _next = _next + 1 == _ring.Length ? 0 : _next + 1;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("window", _ring.Length);
        writer.Write(_next);
        writer.WriteSpan<byte>(_ring.AsSpan(0, _count));
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("window", _ring.Length);
        _next = reader.ReadLength(_ring.Length - 1);
        _count = reader.ReadLength(_ring.Length);
        if (_count < _ring.Length && _next != _count) throw new StateMismatchException($"The snapshot of a window of {_ring.Length} has {_count} ranks and goes on at {_next}.");
        reader.ReadRaw(_ring.AsSpan(0, _count));
        Array.Clear(_counts);
        foreach (byte code in _ring.AsSpan(0, _count)) _counts[code <= Unknown ? code : throw new StateMismatchException($"The snapshot has a rank code of {code}; 0 to {Unknown} is possible.")]++;
    }
}
