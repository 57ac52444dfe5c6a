using BenchmarkDotNet.Attributes;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Drift;

namespace Streaming.Kernels;

/// <summary>One value of each detector: a million errors (0 or 1), of which a fifth are 1 in every second stretch of 2^17 and two fifths in the others.</summary>
[MemoryDiagnoser]
public class DriftBenchmarks
{
    private const int N = 1 << 20;
    private const int Stretch = 1 << 17;

    private readonly double[] _errors = new double[N];
    private Adwin _river = null!;
    private Adwin _moa = null!;
    private PageHinkley _pageHinkley = null!;
    private Ddm _ddm = null!;

    [GlobalSetup]
    public void Fill()
    {
        CounterRng rng = new(1, 1);
        for (int i = 0; i < N; i++) _errors[i] = rng.NextDouble() < (i / Stretch % 2 == 0 ? 0.2 : 0.4) ? 1 : 0;
        _river = new Adwin(new AdwinOptions());
        _moa = new Adwin(new AdwinOptions { Variant = AdwinVariant.Moa });
        _pageHinkley = new PageHinkley(new PageHinkleyOptions());
        _ddm = new Ddm(new DdmOptions());
    }

    [Benchmark(OperationsPerInvoke = N, Description = "adwin, river022")]
    public int Adwin() => Watch(_river, _errors);

    [Benchmark(OperationsPerInvoke = N, Description = "adwin, moa")]
    public int AdwinMoa() => Watch(_moa, _errors);

    [Benchmark(OperationsPerInvoke = N, Description = "page-hinkley")]
    public int PageHinkley() => Watch(_pageHinkley, _errors);

    [Benchmark(OperationsPerInvoke = N, Description = "ddm")]
    public int Ddm() => Watch(_ddm, _errors);

    private static int Watch(IDriftDetector detector, double[] values)
    {
        int drifts = 0;
        foreach (double value in values)
        {
            if (detector.Update(value) == DriftSignal.Drift) drifts++;
        }

        return drifts;
    }
}
