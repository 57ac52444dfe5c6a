using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Tests.Sketches;

/// <summary>Streams with known counts: key r of n with probability about 1 / (r ln n), as popularity is spread in logs.</summary>
internal static class SkewedKeys
{
    public static ulong[] Stream(int length, int distinct, ulong seed)
    {
        CounterRng rng = new(seed, 1);
        ulong[] keys = new ulong[length];
        for (int i = 0; i < length; i++) keys[i] = (ulong)Math.Exp(rng.NextDouble() * Math.Log(distinct));
        return keys;
    }

    public static Dictionary<ulong, long> Exact(IEnumerable<ulong> keys)
    {
        Dictionary<ulong, long> counts = [];
        foreach (ulong key in keys) counts[key] = counts.GetValueOrDefault(key) + 1;
        return counts;
    }
}
