using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Sketches;

/// <summary>
/// Counts how often keys came, in a table of depth x width cells (row-major, 4 bytes each): Cormode and Muthukrishnan 2005, "An improved data
/// stream summary: the count-min sketch", section 4.1; the conservative variant is that of Estan and Varghese 2002, section 3.2.
/// </summary>
/// <remarks>
/// <para>Bound: an estimate is never below the true count, and above it by more than eps * N (N: the total of all weights) with probability at
/// most delta, where eps = e / width and delta = e^-depth. Counts are never negative, so the upper bound is the estimate itself.</para>
/// <para>A key is hashed once. Row i takes the upper half of that hash times m^i modulo 2^64, with the multiplier m of Steele and Vigna 2021
/// ("Computationally easy, spectrally good multipliers", table 6), reduced to the width by multiplication (Lemire 2019, "Fast random integer
/// generation in an interval", section 2). It costs what double hashing does (Kirsch and Mitzenmacher 2006), and two keys meet in all of d rows with
/// probability about 1 / width^d, where double hashing has 1 / width^2 for any d: too much for a small delta.</para>
/// <para>Cells saturate at 2^32 - 1 and <see cref="Saturations"/> counts it; a saturated estimate has the total as its upper bound. O(depth) a key,
/// without allocation. Plain sketches merge exactly. Merged conservative sketches keep both bounds, but their estimates may be larger than those of
/// one sketch over both streams. One caller at a time; the cells are saved by another thread where they are many (<see cref="ILargeState"/>), for a
/// snapshot and for a view at the same time, and as long as that lasts keys take the longer way, which looks at the pages of their cells.</para>
/// </remarks>
public sealed unsafe partial class CountMin : IFrequencySketch, IMergeable<CountMin>, IDisposable
{
    private const ulong NextRow = 0xF1357AEA2E62A9C5UL;
    private const int MaxDepth = 32;
    private const int Lookahead = 32;
    private const int PrefetchFrom = 1 << 19; // 2 MiB of cells

    private readonly ulong _seed;
    private readonly ulong _whitening;
    private readonly int _width;
    private readonly uint[] _cells;
    private readonly bool _conservative;
    private readonly CellFreeze _first;
    private readonly CellFreeze _second;
    private ulong _plainUpTo = uint.MaxValue;

    /// <summary>An empty sketch.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="seed">Of the hash; sketches merge only with the same seed.</param>
    /// <exception cref="ArgumentException">The table would be larger than 2^30 cells.</exception>
    public CountMin(CountMinOptions options, ulong seed)
    {
        foreach ((string option, string message) in options.Validate()) throw new ArgumentException($"{option}: {message}", nameof(options));
        (_width, Depth, Epsilon) = (options.EffectiveWidth, options.EffectiveDepth, options.EffectiveEpsilon);
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Depth, MaxDepth);
        _conservative = options.Variant == CountMinVariant.Conservative;
        (_seed, _whitening) = (seed, KeyHash.Whitening(seed));
        _cells = GC.AllocateArray<uint>(Width * Depth, pinned: true);
        (_first, _second) = (new CellFreeze(this), new CellFreeze(this));
    }

    /// <summary>Cells in a row.</summary>
    public int Width => _width;

    /// <summary>Rows.</summary>
    public int Depth { get; }

    /// <summary>Overestimate that is exceeded with probability at most delta, as a share of <see cref="Total"/>.</summary>
    public double Epsilon { get; }

    /// <summary>Sum of all weights added.</summary>
    public long Total { get; private set; }

    /// <summary>How often a cell could not take what was added to it.</summary>
    public long Saturations { get; private set; }

    /// <summary>The bound on the overestimate as it is now: eps * N occurrences.</summary>
    public double ErrorBound => Epsilon * Total;

    /// <inheritdoc/>
    public long Bytes => BytesFor(Width, Depth);

    /// <summary>Bytes that a sketch of this shape takes.</summary>
    public static long BytesFor(int width, int depth) => (4L * width * depth) + (2 * RowPages.BytesFor((long)width * depth, sizeof(uint))) + SketchBytes.Overhead;

    /// <summary>Counts <paramref name="weight"/> occurrences of a key. O(depth).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is below 1.</exception>
    /// <exception cref="OverflowException">The total would pass 2^63 - 1.</exception>
    public void Add(ulong key, long weight = 1)
    {
        long total = Total + weight;
        // No cell is above the total: while that fits a cell, none can overflow. A wrapped total is negative, and as large as unsigned. While cells are
        // frozen no total is plain.
        if (weight < 1 || (ulong)total > _plainUpTo || _conservative)
        {
            AddAndCount(key, weight);
            return;
        }

        Total = total;
        int left = Depth;
        nint width = _width;
        ulong hash = KeyHash.Hash(key, _whitening);
        ref uint row = ref MemoryMarshal.GetArrayDataReference(_cells);
        if (left >= 3)
        {
            // Three rows at a time: their multiplications do not wait for each other.
            Unsafe.Add(ref row, Reduce(hash, width)) += (uint)weight;
            Unsafe.Add(ref row, width + Reduce(hash * NextRow, width)) += (uint)weight;
            Unsafe.Add(ref row, (2 * width) + Reduce(hash * unchecked(NextRow * NextRow), width)) += (uint)weight;
            hash *= unchecked(NextRow * NextRow * NextRow);
            row = ref Unsafe.Add(ref row, 3 * width);
            left -= 3;
        }

        for (; left > 0; left--)
        {
            Unsafe.Add(ref row, Reduce(hash, width)) += (uint)weight;
            hash *= NextRow;
            row = ref Unsafe.Add(ref row, width);
        }
    }

    /// <summary>
    /// Counts each key once: what as many calls of <see cref="Add"/> do. On tables beyond the second cache the cells of several keys are fetched
    /// ahead of being raised.
    /// </summary>
    public void AddAll(ReadOnlySpan<ulong> keys)
    {
        if (Sse.IsSupported && !_conservative && _cells.Length >= PrefetchFrom && Total <= (long)_plainUpTo - keys.Length)
        {
            for (; !keys.IsEmpty; keys = keys[Math.Min(Lookahead, keys.Length)..]) AddFetched(keys[..Math.Min(Lookahead, keys.Length)]);
            return;
        }

        foreach (ulong key in keys) Add(key);
    }

    /// <summary>Counts <paramref name="weight"/> occurrences of a key and gives its estimate, these included, for one hashing. O(depth).</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public long AddAndCount(ulong key, long weight = 1)
    {
        if (weight < 1) SketchThrow.Weight(weight);
        Total = checked(Total + weight);
        ulong hash = KeyHash.Hash(key, _whitening);
        if (_plainUpTo == 0) Touch(hash);
        if (_conservative) return AddConservative(hash, weight);
        if (Total > uint.MaxValue) return AddSaturating(hash, weight);
        nint width = _width;
        ref uint row = ref MemoryMarshal.GetArrayDataReference(_cells);
        uint least = uint.MaxValue;
        for (int left = Depth; left > 0; left--)
        {
            ref uint cell = ref Unsafe.Add(ref row, Reduce(hash, width));
            uint raised = cell + (uint)weight;
            cell = raised;
            least = Smaller(least, raised);
            hash *= NextRow;
            row = ref Unsafe.Add(ref row, width);
        }

        return least;
    }

    /// <summary>Estimated number of occurrences of <paramref name="key"/>: the smallest of its cells. O(depth).</summary>
    public long Count(ulong key) => Least(KeyHash.Hash(key, _whitening));

    /// <summary>How often <paramref name="key"/> came: the estimate, at least it less eps * N (with probability 1 - delta), at most it (always).</summary>
    public Estimate Frequency(ulong key)
    {
        long count = Count(key);
        return new Estimate(count, Math.Max(0, count - ErrorBound), count == uint.MaxValue ? Math.Max(count, Total) : count);
    }

    /// <inheritdoc/>
    /// <exception cref="OverflowException">The total would pass 2^63 - 1.</exception>
    public void Merge(CountMin other)
    {
        SketchThrow.IfDifferent(nameof(Width), Width, other.Width);
        SketchThrow.IfDifferent(nameof(Depth), Depth, other.Depth);
        SketchThrow.IfDifferent(nameof(Epsilon), Epsilon, other.Epsilon);
        SketchThrow.IfDifferent("Variant", _conservative, other._conservative);
        SketchThrow.IfDifferent("Seed", _seed, other._seed);
        Total = checked(Total + other.Total);
        Saturations += other.Saturations;
        for (long i = 0; i < _cells.Length; i += _first.Pages.RowsPerPage) TouchCell((int)i);
        for (int i = 0; i < _cells.Length; i++) _cells[i] = Saturate(_cells[i], other._cells[i]);
    }

    private void AddFetched(ReadOnlySpan<ulong> keys)
    {
        int cells = keys.Length * Depth;
        int* places = stackalloc int[cells];
        ref uint table = ref MemoryMarshal.GetArrayDataReference(_cells);
        int* place = places;
        foreach (ulong key in keys)
        {
            ulong hash = KeyHash.Hash(key, _whitening);
            nint row = 0;
            for (int i = Depth; i > 0; i--)
            {
                *place = (int)(row + Reduce(hash, _width));
                // A prefetch only names an address: should the table move meanwhile, it fetches what is not needed, and nothing else.
                Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref table, *place)));
                place++;
                hash *= NextRow;
                row += _width;
            }
        }

        for (int i = 0; i < cells; i++) Unsafe.Add(ref table, places[i])++;
        Total += keys.Length;
    }

    /// <summary>The cells of a key are about to change, and some may be frozen.</summary>
    private void Touch(ulong hash)
    {
        if (!_first.Pages.IsFrozen && !_second.Pages.IsFrozen)
        {
            _plainUpTo = uint.MaxValue;
            return;
        }

        for (int row = 0; row < Depth; row++, hash *= NextRow) TouchCell((int)((row * (nint)_width) + Reduce(hash, _width)));
    }

    private void TouchCell(int cell)
    {
        _first.Pages.Touch(cell);
        _second.Pages.Touch(cell);
    }

    private uint Least(ulong hash)
    {
        nint width = _width;
        ref uint row = ref MemoryMarshal.GetArrayDataReference(_cells);
        uint least = uint.MaxValue;
        for (int left = Depth; left > 0; left--)
        {
            least = Smaller(least, Unsafe.Add(ref row, Reduce(hash, width)));
            hash *= NextRow;
            row = ref Unsafe.Add(ref row, width);
        }

        return least;
    }

    private uint AddConservative(ulong hash, long weight)
    {
        uint raised = Saturate(Least(hash), weight);
        nint width = _width;
        ref uint row = ref MemoryMarshal.GetArrayDataReference(_cells);
        for (int left = Depth; left > 0; left--)
        {
            ref uint cell = ref Unsafe.Add(ref row, Reduce(hash, width));
            cell += raised - Smaller(cell, raised);
            hash *= NextRow;
            row = ref Unsafe.Add(ref row, width);
        }

        return raised;
    }

    private uint AddSaturating(ulong hash, long weight)
    {
        uint least = uint.MaxValue;
        for (int row = 0; row < Depth; row++, hash *= NextRow)
        {
            ref uint cell = ref _cells[(row * (nint)_width) + Reduce(hash, _width)];
            cell = Saturate(cell, weight);
            least = Math.Min(least, cell);
        }

        return least;
    }

    private uint Saturate(uint cell, long weight)
    {
        if (weight <= uint.MaxValue - cell) return cell + (uint)weight;
        Saturations++;
        return uint.MaxValue;
    }

    // Which cell of a key is the smallest cannot be predicted, and Math.Min compiles to a jump within a loop.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Smaller(uint a, uint b)
    {
        long excess = (long)b - a;
        return (uint)(a + (excess & (excess >> 63)));
    }

    /// <summary>Place of a key in a row: below <paramref name="width"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Reduce(ulong hash, nint width) => (nint)(((hash >> 32) * (ulong)width) >> 32);
}
