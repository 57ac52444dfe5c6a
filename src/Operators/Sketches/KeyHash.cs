using System.Runtime.CompilerServices;

namespace Streaming.Operators.Sketches;

/// <summary>
/// The hash of all sketches: the finalizer of MurmurHash3 over the key and a word made from the seed. A bijection for each seed, so that no two
/// keys share a hash, and each output bit depends on each input bit.
/// </summary>
internal static class KeyHash
{
    private const ulong Step = 0x9E3779B97F4A7C15UL;

    /// <summary>The word that <see cref="Hash"/> takes for a seed; neighbouring seeds give unrelated words.</summary>
    public static ulong Whitening(ulong seed) => Mix(seed + Step);

    /// <summary>64 bits of <paramref name="key"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(ulong key, ulong whitening) => Mix(key ^ whitening);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong x)
    {
        x ^= x >> 33;
        x *= 0xFF51AFD7ED558CCDUL;
        x ^= x >> 33;
        x *= 0xC4CEB9FE1A85EC53UL;
        return x ^ (x >> 33);
    }
}
