using BenchmarkDotNet.Attributes;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Sketches;

namespace Streaming.Kernels;

/// <summary>
/// One update of each sketch, over a million skewed keys (key r of 10^6 with probability about 1 / (r ln 10^6)) in random order, again and again.
/// </summary>
public class SketchBenchmarks
{
    private const int N = 1 << 20;

    private readonly ulong[] _keys = new ulong[N];
    private CountMin _default = null!;
    private CountMin _small = null!;
    private CountMin _secondCache = null!;
    private CountMin _memory = null!;
    private CountMin _conservative = null!;
    private PlainCountMin _plain = null!;
    private HyperLogLog _hyperLogLog = null!;
    private byte[] _registers = null!;
    private SpaceSaving _saving1K = null!;
    private SpaceSaving _saving8K = null!;
    private SpaceSaving _saving64K = null!;
    private Dictionary<ulong, long> _exact = null!;

    [GlobalSetup]
    public void Fill()
    {
        CounterRng rng = new(1, 1);
        for (int i = 0; i < N; i++) _keys[i] = (ulong)Math.Exp(rng.NextDouble() * Math.Log(1e6));
        _default = new CountMin(new CountMinOptions(), 1);
        _small = new CountMin(new CountMinOptions { Width = 4096, Depth = 3 }, 1);
        _secondCache = new CountMin(new CountMinOptions { Width = 65_536, Depth = 4 }, 1);
        _memory = new CountMin(new CountMinOptions { Width = 1 << 20, Depth = 4 }, 1);
        _conservative = new CountMin(new CountMinOptions { Width = 65_536, Depth = 4, Variant = CountMinVariant.Conservative }, 1);
        _plain = new PlainCountMin(65_536, 4);
        _hyperLogLog = new HyperLogLog(new HyperLogLogOptions(), 1);
        _registers = new byte[4096];
        _saving1K = new SpaceSaving(new SpaceSavingOptions(), 1);
        _saving8K = new SpaceSaving(new SpaceSavingOptions { Capacity = 8_192 }, 1);
        _saving64K = new SpaceSaving(new SpaceSavingOptions { Capacity = 65_536 }, 1);
        _exact = [];
    }

    [Benchmark(OperationsPerInvoke = N, Description = "count-min 544 x 3 (default)")]
    public void CountMinDefault()
    {
        foreach (ulong key in _keys) _default.Add(key);
    }

    [Benchmark(OperationsPerInvoke = N, Description = "count-min 4096 x 3")]
    public void CountMinSmall()
    {
        foreach (ulong key in _keys) _small.Add(key);
    }

    [Benchmark(OperationsPerInvoke = N, Description = "count-min 65536 x 4")]
    public void CountMinSecondCache()
    {
        foreach (ulong key in _keys) _secondCache.Add(key);
    }

    [Benchmark(OperationsPerInvoke = N, Description = "count-min 65536 x 4, estimate of each")]
    public long CountMinEstimates()
    {
        long sum = 0;
        foreach (ulong key in _keys) sum += _secondCache.AddAndCount(key);
        return sum;
    }

    [Benchmark(OperationsPerInvoke = N, Description = "count-min 65536 x 4, conservative")]
    public void CountMinConservative()
    {
        foreach (ulong key in _keys) _conservative.Add(key);
    }

    [Benchmark(OperationsPerInvoke = N, Description = "count-min 65536 x 4, plain scalar C#, a hash a row")]
    public void CountMinPlain()
    {
        foreach (ulong key in _keys) _plain.Add(key);
    }

    [Benchmark(OperationsPerInvoke = N, Description = "count-min 2^20 x 4, one by one")]
    public void CountMinMemory()
    {
        foreach (ulong key in _keys) _memory.Add(key);
    }

    [Benchmark(OperationsPerInvoke = N, Description = "count-min 2^20 x 4, many at once")]
    public void CountMinMemoryMany() => _memory.AddAll(_keys);

    [Benchmark(OperationsPerInvoke = N, Description = "hyperloglog 12")]
    public void HyperLogLog12()
    {
        foreach (ulong key in _keys) _hyperLogLog.Add(key);
    }

    [Benchmark(OperationsPerInvoke = N, Description = "hyperloglog 12, estimate of each")]
    public double HyperLogLogEstimates()
    {
        double sum = 0;
        foreach (ulong key in _keys)
        {
            _hyperLogLog.Add(key);
            sum += _hyperLogLog.Distinct;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = N, Description = "hyperloglog 12, plain scalar C#")]
    public void HyperLogLogPlain()
    {
        foreach (ulong key in _keys)
        {
            ulong hash = PlainCountMin.Hash(key);
            int register = (int)(hash >> 52);
            int rank = 1;
            for (ulong bits = hash << 12; rank < 53 && (bits & (1UL << 63)) == 0; bits <<= 1) rank++;
            _registers[register] = Math.Max(_registers[register], (byte)rank);
        }
    }

    [Benchmark(OperationsPerInvoke = N, Description = "space-saving 1024")]
    public void SpaceSaving1K()
    {
        foreach (ulong key in _keys) _saving1K.Add(key);
    }

    [Benchmark(OperationsPerInvoke = N, Description = "space-saving 8192")]
    public void SpaceSaving8K()
    {
        foreach (ulong key in _keys) _saving8K.Add(key);
    }

    [Benchmark(OperationsPerInvoke = N, Description = "space-saving 65536")]
    public void SpaceSaving64K()
    {
        foreach (ulong key in _keys) _saving64K.Add(key);
    }

    [Benchmark(OperationsPerInvoke = N, Description = "exact Dictionary, for comparison")]
    public void Exact()
    {
        foreach (ulong key in _keys) System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_exact, key, out _)++;
    }

    /// <summary>The table as one would write it first: an array of arrays, a hash and a remainder for each row.</summary>
    private sealed class PlainCountMin(int width, int depth)
    {
        private readonly uint[][] _rows = [.. Enumerable.Range(0, depth).Select(_ => new uint[width])];

        public static ulong Hash(ulong x)
        {
            x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCDUL;
            x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53UL;
            return x ^ (x >> 33);
        }

        public void Add(ulong key)
        {
            for (int i = 0; i < _rows.Length; i++) _rows[i][(int)(Hash(key + (ulong)i) % (ulong)_rows[i].Length)]++;
        }
    }
}
