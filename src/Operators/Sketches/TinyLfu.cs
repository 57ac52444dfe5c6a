using System.Runtime.CompilerServices;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Sketches;

/// <summary>
/// How often keys came lately, up to a small number, for deciding who deserves a place (Einziger, Friedman, Manes 2017, "TinyLFU: A highly efficient cache admission policy", sections 3.2 and 3.3): a
/// Count-Min sketch of four rows of bytes with conservative update, whose counts are all halved after so many keys.
/// </summary>
/// <remarks>
/// <para>Bound: what it says of a key is never below how often the key came since the last halving plus half of what was said then, rounded down, up to 255; it is above by collisions only, which conservative
/// update makes rare while fewer than about half as many keys as counters of a row came.</para>
/// <para>Time O(1) a key; every <see cref="KeysBetweenHalvings"/> keys O(counters), 0.1 ms a mebibyte. One caller at a time; another thread may write the state. After <see cref="Dispose"/> nothing may be
/// called. State: shape, keys since the last halving, the counters.</para>
/// </remarks>
public sealed unsafe class TinyLfu : ILargeState, IDisposable
{
    /// <summary>The most that is counted.</summary>
    public const int MaxCount = byte.MaxValue;

    private const int Rows = 4;
    private const ulong NextRow = 0xF1357AEA2E62A9C5UL; // as in CountMin
    private const int KeysACounter = 10; // section 3.3 halves after a sample of about that many times the cache's size

    private readonly NativeBuffer<byte> _cells;
    private readonly RowPages _pages;
    private readonly MemoryColumn _column;
    private readonly int _width;
    private readonly ulong _whitening;
    private readonly ulong _seed;
    private int _keys;

    /// <summary>A sketch of so many counters, rounded up to a multiple of four, of one byte each.</summary>
    /// <param name="counters">4 to 2^30.</param>
    /// <param name="seed">Seed of the hash.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="counters"/> is out of its range.</exception>
    public TinyLfu(int counters, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(counters, Rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(counters, 1 << 30);
        _width = Width(counters);
        (_seed, _whitening) = (seed, KeyHash.Whitening(seed));
        _cells = new NativeBuffer<byte>((long)_width * Rows);
        _pages = new RowPages(_cells.Length, sizeof(byte));
        _column = _pages.Add(new MemoryColumn(_cells.Pointer, sizeof(byte)));
    }

    /// <summary>Keys after which all counts are halved.</summary>
    public int KeysBetweenHalvings => (int)Math.Min(int.MaxValue, (long)KeysACounter * _width);

    /// <inheritdoc/>
    public long Bytes => _cells.Length;

    /// <summary>Most bytes of a sketch of so many counters.</summary>
    public static long BytesFor(int counters) => ((long)Width(counters) * Rows) + RowPages.BytesFor((long)Width(counters) * Rows, sizeof(byte));

    /// <summary>Counts a key once more, and says how often it came lately: 1 to <see cref="MaxCount"/>.</summary>
    public int Add(ulong key)
    {
        if (_keys == KeysBetweenHalvings) Halve();
        _keys++;
        ulong hash = KeyHash.Hash(key, _whitening);
        int least = Least(hash);
        if (least == MaxCount) return MaxCount;
        for (int row = 0; row < Rows; row++, hash *= NextRow)
        {
            int cell = Cell(row, hash);
            if (_cells[cell] != least) continue;
            _pages.Touch(cell);
            _cells[cell]++;
        }

        GC.KeepAlive(this);
        return least + 1;
    }

    /// <summary>How often a key came lately: 0 to <see cref="MaxCount"/>.</summary>
    public int Count(ulong key)
    {
        int least = Least(KeyHash.Hash(key, _whitening));
        GC.KeepAlive(this);
        return least;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("counters", _cells.Length);
        writer.Shape("seed", unchecked((long)_seed));
        writer.Write(_keys);
        writer.WriteLarge(this);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("counters", _cells.Length);
        reader.Shape("seed", unchecked((long)_seed));
        _keys = reader.ReadLength(KeysBetweenHalvings);
        for (long first = 0; first < _cells.Length; first += 1 << 20) reader.ReadRaw(_cells.AsSpan(first, (int)Math.Min(1 << 20, _cells.Length - first)));
    }

    /// <inheritdoc/>
    public bool TryFreeze() => _pages.TryFreeze((int)_cells.Length);

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        using NativeBuffer<byte> page = new(_pages.RowsPerPage);
        for (int first = 0; first < _cells.Length; first += _pages.RowsPerPage)
        {
            int count = (int)Math.Min(_pages.RowsPerPage, _cells.Length - first);
            _pages.Copy(_column, first, count, frozen, page.Pointer);
            if (frozen) _pages.Done(first);
            writer.WriteRaw<byte>(page.AsSpan(0, count));
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Release() => _pages.Release();

    /// <inheritdoc/>
    public void Dispose()
    {
        _cells.Dispose();
        _pages.Dispose();
    }

    private static int Width(int counters) => (int)(((long)counters + Rows - 1) / Rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Cell(int row, ulong hash) => (row * _width) + (int)(((hash >> 32) * (uint)_width) >> 32);

    private int Least(ulong hash)
    {
        int least = MaxCount;
        for (int row = 0; row < Rows; row++, hash *= NextRow) least = Math.Min(least, _cells[Cell(row, hash)]);
        return least;
    }

    private void Halve()
    {
        for (int first = 0; first < _cells.Length; first += _pages.RowsPerPage)
        {
            _pages.Touch(first);
            foreach (ref byte cell in _cells.AsSpan(first, (int)Math.Min(_pages.RowsPerPage, _cells.Length - first))) cell >>= 1;
        }

        _keys = 0;
    }
}
