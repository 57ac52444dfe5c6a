using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Streaming.Operators.Models;

/// <summary>A set of item rows: those whose stamp is the epoch's. Made in O(its items), tested 16 rows at a time, and cleared by the next epoch.</summary>
/// <param name="stamps">One for each item row, a whole number of blocks of 16.</param>
/// <param name="epoch">Stamp of the rows in the set.</param>
/// <param name="more">Rows that are in the set too, a bit each, 16 an element; empty for none.</param>
public readonly ref struct MarkedItems(ReadOnlySpan<uint> stamps, uint epoch, ReadOnlySpan<ushort> more = default)
{
    private readonly ReadOnlySpan<uint> _stamps = stamps;
    private readonly ReadOnlySpan<ushort> _more = more;
    private readonly uint _epoch = epoch;

    /// <summary>Length that stamps for so many rows must have.</summary>
    public static int Padded(int rows) => (rows + BlockShape.Lanes - 1) & -BlockShape.Lanes;

    /// <summary>Whether a row is in the set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int row) => _stamps[row] == _epoch || (!_more.IsEmpty && (_more[row >> 4] >> (row & 15) & 1) != 0);

    /// <summary>Bit j: whether row 16 <paramref name="block"/> + j is in the set, for 64 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Group(int block) => Block(block) | ((ulong)Block(block + 1) << 16) | ((ulong)Block(block + 2) << 32) | ((ulong)Block(block + 3) << 48);

    /// <summary>Bit j: whether row 16 <paramref name="block"/> + j is in the set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Block(int block) => _more.IsEmpty ? Stamped(block) : Stamped(block) | _more[block];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Stamped(int block)
    {
        ref uint first = ref Unsafe.Add(ref MemoryMarshal.GetReference(_stamps), (nint)block * BlockShape.Lanes);
        if (Vector512.IsHardwareAccelerated) return (uint)Vector512.Equals(Vector512.LoadUnsafe(ref first), Vector512.Create(_epoch)).ExtractMostSignificantBits();
        Vector256<uint> stamp = Vector256.Create(_epoch);
        return Vector256.Equals(Vector256.LoadUnsafe(ref first), stamp).ExtractMostSignificantBits()
            | (Vector256.Equals(Vector256.LoadUnsafe(ref first, 8), stamp).ExtractMostSignificantBits() << 8);
    }
}
