using System.Runtime.Intrinsics.X86;
using BenchmarkDotNet.Attributes;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;

namespace Streaming.Kernels;

/// <summary>
/// Predict, then one gradient step on a user's and an item's row, on uniformly random pairs: rows that the second-level cache (nearly) holds, and rows
/// out in memory.
/// </summary>
[MemoryDiagnoser]
public unsafe class FactorBenchmarks
{
    private const int N = 1 << 18;
    private const int BatchSize = 1024;
    private const int Ahead = 8;
    private const float Rate = 0.01f;
    private const float Decay = 0.999f;

    private readonly int[] _users = new int[N];
    private readonly int[] _items = new int[N];
    private readonly float[] _ratings = new float[N];
    private NativeBuffer<float> _userRows = null!;
    private NativeBuffer<float> _itemRows = null!;
    private readonly BatchLease[] _batches = new BatchLease[N / BatchSize];
    private BiasedMf<float> _model = null!;
    private RatingModelOperator _stage = null!;

    [Params(16, 32, 64)]
    public int Factors { get; set; }

    [Params("6,040 x 3,706", "2M x 500k")]
    public string Rows { get; set; } = "";

    [GlobalSetup]
    public void Fill()
    {
        (int users, int items) = Rows == "2M x 500k" ? (2_000_000, 500_000) : (6_040, 3_706);
        CounterRng rng = new(1, 1);
        for (int i = 0; i < N; i++)
            (_users[i], _items[i], _ratings[i]) = ((int)rng.NextBelow((ulong)users), (int)rng.NextBelow((ulong)items), 0.5f + (0.5f * rng.NextBelow(10)));
        _userRows = RandomRows(users, Factors, ref rng);
        _itemRows = RandomRows(items, Factors, ref rng);
        _model = new BiasedMf<float>(new BiasedMfOptions { Factors = Factors, Users = users, Items = items }, 1, ranking: false);
        for (int i = 0; i < N; i++) Learn(i);
        _stage = new RatingModelOperator(StageBinding.Free(), _model);
        BatchPool pool = new(_batches.Length, BatchSize, 0, 0);
        for (int b = 0; b < _batches.Length; b++)
        {
            _batches[b] = pool.Rent();
            for (int i = b * BatchSize; i < (b + 1) * BatchSize; i++)
            {
                ref Event e = ref _batches[b].Batch.Add();
                (e.Kind, e.User, e.Item, e.Value) = (EventKind.Interaction, Spread.Key(_users[i]), Spread.Key(_items[i]), _ratings[i]);
            }
        }
    }

    [GlobalCleanup]
    public void Release()
    {
        _userRows.Dispose();
        _itemRows.Dispose();
        _stage.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = N, Description = "plain scalar C#")]
    public void Scalar()
    {
        int k = Factors;
        for (int n = 0; n < N; n++)
        {
            Span<float> p = new(_userRows.Pointer + ((long)_users[n] * k), k), q = new(_itemRows.Pointer + ((long)_items[n] * k), k);
            float dot = 0;
            for (int i = 0; i < p.Length; i++) dot += p[i] * q[i];
            float step = Rate * (_ratings[n] - dot);
            for (int i = 0; i < p.Length; i++)
            {
                float old = p[i];
                p[i] = (Decay * old) + (step * q[i]);
                q[i] = (Decay * q[i]) + (step * old);
            }
        }
    }

    [Benchmark(OperationsPerInvoke = N, Description = "kernel")]
    public void Kernel() => Steps(_userRows.Pointer, _itemRows.Pointer, _users, _items, _ratings, Factors);

    [Benchmark(OperationsPerInvoke = N, Description = "kernel, rows asked for 8 ahead")]
    public void KernelAhead() => StepsAhead(_userRows.Pointer, _itemRows.Pointer, _users, _items, _ratings, Factors);

    [Benchmark(OperationsPerInvoke = N, Description = "biased-mf: keys looked up, biases, checks")]
    public double Model()
    {
        double sum = 0;
        for (int n = 0; n < N; n++) sum += Learn(n);
        return sum;
    }

    [Benchmark(OperationsPerInvoke = N, Description = "biased-mf as a stage: also rows asked for 8 ahead")]
    public void Stage()
    {
        foreach (BatchLease lease in _batches) _stage.Process(lease.Batch);
    }

    private static void Steps(float* userRows, float* itemRows, int[] users, int[] items, float[] ratings, int k)
    {
        for (int n = 0; n < N; n++) Step(userRows + ((long)users[n] * k), itemRows + ((long)items[n] * k), ratings[n], k);
    }

    private static void StepsAhead(float* userRows, float* itemRows, int[] users, int[] items, float[] ratings, int k)
    {
        for (int n = 0; n < N; n++)
        {
            if (n + Ahead < N)
            {
                Ask(userRows + ((long)users[n + Ahead] * k), k);
                Ask(itemRows + ((long)items[n + Ahead] * k), k);
            }

            Step(userRows + ((long)users[n] * k), itemRows + ((long)items[n] * k), ratings[n], k);
        }
    }

    private static void Step(float* p, float* q, float rating, int k)
    {
        float error = rating - FactorKernel<float>.Dot(p, q, k);
        FactorKernel<float>.Step(p, q, k, Rate * error, Decay, Decay);
    }

    private static void Ask(float* row, int k)
    {
        if (!Sse.IsSupported) return;
        for (int i = 0; i < k; i += 16) Sse.Prefetch0(row + i);
    }

    private static NativeBuffer<float> RandomRows(int rows, int k, ref CounterRng rng)
    {
        NativeBuffer<float> buffer = new((long)rows * k);
        for (int row = 0; row < rows; row++)
        {
            foreach (ref float factor in buffer.AsSpan((long)row * k, k)) factor = 0.2f * (float)(rng.NextDouble() - 0.5);
        }

        return buffer;
    }

    private double Learn(int n) => _model.ScoreThenLearn(new Example { User = Spread.Key(_users[n]), Item = Spread.Key(_items[n]), Value = _ratings[n], Weight = 1 });
}
