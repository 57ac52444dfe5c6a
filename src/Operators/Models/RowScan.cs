using System.Numerics;
using System.Runtime.InteropServices;

namespace Streaming.Operators.Models;

/// <summary>Counts row numbers below one, a vector at a time. O(length / lanes); the result is an integer, so the width never shows.</summary>
internal static class RowScan
{
    /// <summary>How many of <paramref name="rows"/> are below <paramref name="bound"/>.</summary>
    public static int CountBelow(ReadOnlySpan<int> rows, int bound)
    {
        Vector<int> limit = new(bound), counts = Vector<int>.Zero;
        ReadOnlySpan<Vector<int>> vectors = MemoryMarshal.Cast<int, Vector<int>>(rows);
        foreach (Vector<int> vector in vectors) counts -= Vector.LessThan(vector, limit);
        int count = Vector.Sum(counts);
        foreach (int row in rows[(vectors.Length * Vector<int>.Count)..])
        {
            if (row < bound) count++;
        }

        return count;
    }
}
