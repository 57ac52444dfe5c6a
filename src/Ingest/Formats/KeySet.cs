using System.Numerics;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Tells whether a key came before: names of one JSON object, actions of one decision, ids of its rewards. Up to 16 keys are compared one by one, more go to an
/// open-addressing table, at most half full, that is kept for the next time. Clearing costs nothing.
/// </summary>
/// <remarks>One caller at a time. 24 bytes for each key of the largest set there was, rounded up to a power of two.</remarks>
internal sealed class KeySet
{
    private const int Few = 16;

    private readonly ulong[] _few = new ulong[Few];
    private ulong[] _keys = [];
    private int[] _rounds = [];
    private int _round;
    private int _count;

    /// <summary>Forgets every key.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds <paramref name="key"/>; false if it is there. Constant time, amortized.</summary>
    public bool Add(ulong key)
    {
        if (_count < Few)
        {
            if (_few.AsSpan(0, _count).Contains(key)) return false;
            _few[_count++] = key;
            return true;
        }

        if (_count == Few) Spread();
        if (2 * _count >= _keys.Length) Grow();
        if (!Insert(key)) return false;
        _count++;
        return true;
    }

    /// <summary>Whether <paramref name="key"/> was added. Expected constant time.</summary>
    public bool Contains(ulong key)
    {
        if (_count <= Few) return _few.AsSpan(0, _count).Contains(key);
        int at = Find(key);
        return _rounds[at] == _round;
    }

    private void Spread()
    {
        if (_keys.Length == 0) Resize(8 * Few);
        if (++_round == int.MaxValue)
        {
            Array.Clear(_rounds);
            _round = 1;
        }

        foreach (ulong key in _few) Insert(key);
    }

    private void Grow()
    {
        (ulong[] keys, int[] rounds, int round) = (_keys, _rounds, _round);
        Resize(2 * keys.Length);
        _round = 1;
        for (int i = 0; i < keys.Length; i++)
        {
            if (rounds[i] == round) Insert(keys[i]);
        }
    }

    private void Resize(int length)
    {
        _keys = new ulong[length];
        _rounds = new int[length];
        _round = 0;
    }

    private bool Insert(ulong key)
    {
        int at = Find(key);
        if (_rounds[at] == _round) return false;
        (_keys[at], _rounds[at]) = (key, _round);
        return true;
    }

    /// <summary>Where the table has <paramref name="key"/>, or would take it.</summary>
    private int Find(ulong key)
    {
        int mask = _keys.Length - 1;
        int at = (int)((key * 0x9E3779B97F4A7C15UL) >> (64 - BitOperations.Log2((uint)_keys.Length)));
        while (_rounds[at] == _round && _keys[at] != key) at = (at + 1) & mask;
        return at;
    }
}
