namespace Streaming.Operators.Tests.Sketches;

/// <summary>The hash of all sketches, written again.</summary>
internal static class PlainHash
{
    public static ulong Of(ulong key, ulong seed) => Mix(key ^ Mix(seed + 0x9E3779B97F4A7C15UL));

    private static ulong Mix(ulong x)
    {
        x ^= x >> 33;
        x *= 0xFF51AFD7ED558CCDUL;
        x ^= x >> 33;
        x *= 0xC4CEB9FE1A85EC53UL;
        return x ^ (x >> 33);
    }
}
