using BenchmarkDotNet.Attributes;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Windows;

namespace Streaming.Kernels;

/// <summary>One event into each kind of window, and its aggregate out: an event a second, values at random, 65,536 users at random.</summary>
[MemoryDiagnoser]
public class WindowBenchmarks
{
    private const int N = 1 << 20;
    private const int Users = 65_536;

    private readonly double[] _values = new double[N];
    private readonly ulong[] _users = new ulong[N];
    private CountWindow _count = null!;
    private TimeWindow _time = null!;
    private KeyedWindows _byUser = null!;
    private Queue<double> _queue = null!;
    private double _queueSum;
    private long _now;

    [GlobalSetup]
    public void Fill()
    {
        CounterRng rng = new(1, 1);
        for (int i = 0; i < N; i++) (_values[i], _users[i]) = (rng.NextDouble(), Spread.Key((long)rng.NextBelow(Users)));
        _count = new CountWindow(1000);
        _time = new TimeWindow(3_600_000_000, 65_536);
        _byUser = KeyedWindows.ByCount(Users, 20);
        _queue = new Queue<double>(1000);
        CountByUser();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = N, Description = "the last 1,000: Queue and a running sum")]
    public double Queue()
    {
        double means = 0;
        foreach (double value in _values)
        {
            if (_queue.Count == 1000) _queueSum -= _queue.Dequeue();
            _queue.Enqueue(value);
            _queueSum += value;
            means += _queueSum / _queue.Count;
        }

        return means;
    }

    [Benchmark(OperationsPerInvoke = N, Description = "count-window, the last 1,000")]
    public double Count()
    {
        double means = 0;
        foreach (double value in _values)
        {
            _count.Add(value, _now += 1_000_000);
            means += _count.Aggregate.Mean;
        }

        return means;
    }

    [Benchmark(OperationsPerInvoke = N, Description = "time-window, the last hour")]
    public double Time()
    {
        double means = 0;
        foreach (double value in _values)
        {
            _time.Add(value, _now += 1_000_000);
            means += _time.Aggregate.Mean;
        }

        return means;
    }

    [Benchmark(OperationsPerInvoke = N, Description = "count-window, the last 20 of each user")]
    public double CountByUser()
    {
        double means = 0;
        for (int i = 0; i < N; i++)
        {
            IWindow window = _byUser.For(_users[i]);
            window.Add(_values[i], _now += 1_000_000);
            means += window.Aggregate.Mean;
        }

        return means;
    }
}
