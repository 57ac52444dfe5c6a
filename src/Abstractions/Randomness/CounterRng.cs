namespace Streaming.Abstractions.Randomness;

/// <summary>
/// A counter-based generator: the n-th draw of a stream is a function of (seed, stream, n) and of nothing else, so a draw can be repeated after a
/// restart, or made in another order or another shard, without any state to save. It is SplitMix64 (Steele, Lea, Flood 2014,
/// "Fast splittable pseudorandom number generators", figure 16, constants of Stafford's mix 13) started at a hash of (seed, stream).
/// </summary>
/// <remarks>A value type: copying it copies its place in the stream. No draw uses a library function whose last bit depends on the machine.</remarks>
public struct CounterRng
{
    private const ulong Golden = 0x9E3779B97F4A7C15UL;

    private readonly ulong _base;
    private ulong _counter;

    /// <summary>The stream <paramref name="stream"/> of <paramref name="seed"/>, at its beginning.</summary>
    public CounterRng(ulong seed, ulong stream)
    {
        _base = Mix(Mix(seed + Golden) ^ (stream * 0xD6E8FEB86659FD93UL));
        _counter = 0;
    }

    /// <summary>The stream named by two numbers (a stage and an entity; a source partition and an offset).</summary>
    public CounterRng(ulong seed, ulong stream, ulong substream)
        : this(seed, Mix(stream + Golden) + (substream * 0xA0761D6478BD642FUL))
    {
    }

    /// <summary>The next 64 uniformly distributed bits.</summary>
    public ulong NextBits() => Mix(_base + (++_counter * Golden));

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in (0, 1), never an end point.</summary>
    public double NextOpenDouble() => ((NextBits() >> 12) + 0.5) * (1.0 / (1UL << 52));

    /// <summary>Uniform in [0, <paramref name="bound"/>), by multiplication of 64 bits (bias below bound / 2^64).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is 0.</exception>
    public ulong NextBelow(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        return Math.BigMul(NextBits(), bound, out _);
    }

    /// <summary>Standard normal, by inversion of one uniform (<see cref="NormalQuantile"/>).</summary>
    public double NextNormal() => NormalQuantile.Of(NextOpenDouble());

    /// <summary>The seed of a named part (a stage id) under a master seed.</summary>
    public static ulong Derive(ulong seed, string name) => Keys.XxHash64.Hash(System.Text.Encoding.UTF8.GetBytes(name), seed);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
