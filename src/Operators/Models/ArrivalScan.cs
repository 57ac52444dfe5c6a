using System.Numerics;
using System.Runtime.InteropServices;

namespace Streaming.Operators.Models;

/// <summary>Counts arrival numbers below one, a vector at a time. O(length / lanes); the result is an integer, so the width never shows.</summary>
internal static class ArrivalScan
{
    /// <summary>How many of <paramref name="arrivals"/> are below <paramref name="bound"/>.</summary>
    public static int CountBelow(ReadOnlySpan<uint> arrivals, uint bound)
    {
        Vector<uint> limit = new(bound), counts = Vector<uint>.Zero;
        ReadOnlySpan<Vector<uint>> vectors = MemoryMarshal.Cast<uint, Vector<uint>>(arrivals);
        foreach (Vector<uint> vector in vectors) counts -= Vector.LessThan(vector, limit);
        int count = (int)Vector.Sum(counts);
        foreach (uint arrival in arrivals[(vectors.Length * Vector<uint>.Count)..])
        {
            if (arrival < bound) count++;
        }

        return count;
    }
}
