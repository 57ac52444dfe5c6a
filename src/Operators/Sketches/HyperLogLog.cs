using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Streaming.Abstractions.Learning;

namespace Streaming.Operators.Sketches;

/// <summary>
/// Counts distinct keys: 2^p registers of one byte, each the largest position of a first 1-bit among the hashes that fell to it (Flajolet, Fusy,
/// Gandouet, Meunier 2007), read by the estimator of Ertl 2017, "New cardinality estimation algorithms for HyperLogLog sketches", algorithm 6:
/// unbiased from nothing to 2^64 without tables or switching between ranges.
/// </summary>
/// <remarks>
/// Standard error 1.04 / sqrt(2^p). <see cref="Add"/> is O(1) and allocates nothing. The number of registers at each value is kept as registers
/// change, so that an estimate costs O(64 - p), whatever the number of registers, and nothing while no register changed. Merging gives exactly the
/// sketch of both streams, in any order. One caller at a time.
/// </remarks>
public sealed partial class HyperLogLog : ICardinalitySketch, IMergeable<HyperLogLog>
{
    private readonly ulong _seed;
    private readonly ulong _whitening;
    private readonly int _precision;
    private readonly byte[] _registers;
    private readonly int[] _histogram;
    private double _estimate;
    private bool _stale;

    /// <summary>An empty sketch.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="seed">Of the hash; sketches merge only with the same seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The precision is outside 4 to 18.</exception>
    public HyperLogLog(HyperLogLogOptions options, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Precision, 4);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Precision, 18);
        (_seed, _whitening, _precision) = (seed, KeyHash.Whitening(seed), options.Precision);
        _registers = new byte[1 << _precision];
        _histogram = new int[LargestRank + 1];
        _histogram[0] = _registers.Length;
    }

    /// <summary>Relative standard error of <see cref="Distinct"/>: 1.04 / sqrt(registers).</summary>
    public double StandardError => 1.04 / Math.Sqrt(_registers.Length);

    /// <inheritdoc/>
    public long Bytes => BytesFor(_precision);

    /// <summary>Estimated number of distinct keys; 0 before the first.</summary>
    public double Distinct
    {
        get
        {
            if (_stale)
            {
                _estimate = ErtlEstimator.Estimate(_histogram, _registers.Length);
                _stale = false;
            }

            return _estimate;
        }
    }

    /// <summary>
    /// <see cref="Distinct"/> with two standard errors to either side (about 95 % of streams). The lower bound is also never below the number of
    /// registers in use: each needs a key of its own.
    /// </summary>
    public Estimate Cardinality
    {
        get
        {
            double value = Distinct;
            double used = _registers.Length - _histogram[0];
            double lower = Math.Max(value * (1 - (2 * StandardError)), Math.Min(used, value));
            return new Estimate(value, lower, value * (1 + (2 * StandardError)));
        }
    }

    private int LargestRank => 64 - _precision + 1;

    /// <summary>Bytes that a sketch of this precision takes.</summary>
    public static long BytesFor(int precision) => (1L << precision) + (4 * (64 - precision + 2)) + SketchBytes.Overhead;

    /// <summary>Takes a key in. O(1).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is below 1.</exception>
    public void Add(ulong key, long weight = 1)
    {
        if (weight < 1) SketchThrow.Weight(weight);
        ulong hash = KeyHash.Hash(key, _whitening);
        // The registers' count is a power of two above 0, so the index, the hash's upper bits, always lies within.
        ref byte register = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_registers), (nint)(hash >> (64 - _precision)));
        // The bit below the ones that are left ends the run of zeros, so the rank is at most 64 - p + 1.
        int rank = BitOperations.LeadingZeroCount((hash << _precision) | (1UL << (_precision - 1))) + 1;
        if (rank > register) Raise(ref register, rank);
    }

    /// <inheritdoc/>
    public void Merge(HyperLogLog other)
    {
        SketchThrow.IfDifferent("Precision", _precision, other._precision);
        SketchThrow.IfDifferent("Seed", _seed, other._seed);
        for (int i = 0; i < _registers.Length; i++)
        {
            if (other._registers[i] > _registers[i]) Raise(ref _registers[i], other._registers[i]);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Raise(ref byte register, int rank)
    {
        _histogram[register]--;
        _histogram[rank]++;
        register = (byte)rank;
        _stale = true;
    }
}
