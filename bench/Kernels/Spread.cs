namespace Streaming.Kernels;

/// <summary>Keys as the engine has them: numbers spread over 64 bits by the finalizer of MurmurHash3.</summary>
internal static class Spread
{
    /// <summary>The key of entity <paramref name="number"/>, from 0; never 0.</summary>
    public static ulong Key(long number)
    {
        ulong x = (ulong)number + 1;
        x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCDUL;
        x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53UL;
        return x ^ (x >> 33);
    }
}
