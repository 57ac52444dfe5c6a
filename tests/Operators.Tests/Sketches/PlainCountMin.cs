using System.Numerics;

namespace Streaming.Operators.Tests.Sketches;

/// <summary>The definition of Count-Min, written for reading: 128-bit arithmetic, a jagged table, nothing unrolled. The oracle of the fast one.</summary>
internal sealed class PlainCountMin(int width, int depth, bool conservative, ulong seed)
{
    private readonly ulong[,] _cells = new ulong[depth, width];

    public long Add(ulong key, long weight)
    {
        ulong count = Enumerable.Range(0, depth).Min(row => _cells[row, Place(key, row)]);
        for (int row = 0; row < depth; row++)
        {
            ref ulong cell = ref _cells[row, Place(key, row)];
            ulong raised = conservative ? Math.Max(cell, count + (ulong)weight) : cell + (ulong)weight;
            cell = Math.Min(raised, uint.MaxValue);
        }

        return Count(key);
    }

    public long Count(ulong key) => Enumerable.Range(0, depth).Min(row => (long)_cells[row, Place(key, row)]);

    private int Place(ulong key, int row)
    {
        BigInteger hash = PlainHash.Of(key, seed);
        BigInteger spread = hash * BigInteger.Pow(0xF1357AEA2E62A9C5UL, row) % (BigInteger.One << 64);
        return (int)(((spread >> 32) * width) >> 32);
    }
}
