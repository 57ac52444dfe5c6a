using BenchmarkDotNet.Attributes;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;

namespace Streaming.Kernels;

/// <summary>One look-up of a key that is there, in random order.</summary>
[MemoryDiagnoser]
public class IndexBenchmarks
{
    private const int N = 1 << 20;

    private readonly ulong[] _sought = new ulong[N];
    private EntityIndex _index = null!;
    private Dictionary<ulong, int> _dictionary = null!;

    [Params(6_000, 1_000_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _index = new EntityIndex();
        _dictionary = [];
        for (int row = 0; row < Keys; row++)
        {
            _index.Add(Spread.Key(row), row);
            _dictionary.Add(Spread.Key(row), row);
        }

        CounterRng rng = new(1, 1);
        for (int i = 0; i < N; i++) _sought[i] = Spread.Key((long)rng.NextBelow((ulong)Keys));
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = N, Description = "Dictionary<ulong, int>")]
    public long Dictionary()
    {
        long sum = 0;
        foreach (ulong key in _sought) sum += _dictionary[key];
        return sum;
    }

    [Benchmark(OperationsPerInvoke = N, Description = "EntityIndex")]
    public long Index()
    {
        long sum = 0;
        foreach (ulong key in _sought) sum += _index.Find(key);
        return sum;
    }
}
