using System.Numerics;
using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Models.Refits;

/// <summary>
/// The numbers from 0 to n - 1 in an order drawn on a key, each found without the others: a Feistel network of four rounds on the next power of four, walked until it falls below n (Black, Rogaway 2002, "Ciphers with
/// arbitrary finite domains", section 4).
/// </summary>
/// <remarks>O(1) expected, below four walks on average; no memory. Safe from any thread.</remarks>
internal readonly struct ShuffledOrder(ulong key, int count)
{
    private const int Rounds = 4;

    private readonly int _half = Math.Max(1, (BitOperations.Log2((uint)Math.Max(1, count - 1)) + 2) / 2);

    /// <summary>The number at a place, 0 to n - 1.</summary>
    public int this[int place]
    {
        get
        {
            ulong value = (ulong)place;
            do value = Permute(value);
            while (value >= (ulong)count);
            return (int)value;
        }
    }

    private ulong Permute(ulong value)
    {
        ulong mask = (1UL << _half) - 1, left = value >> _half, right = value & mask;
        for (ulong round = 0; round < Rounds; round++)
        {
            CounterRng rng = new(key, (round << 32) | right);
            (left, right) = (right, left ^ (rng.NextBits() & mask));
        }

        return (left << _half) | right;
    }
}
