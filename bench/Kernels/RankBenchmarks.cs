using BenchmarkDotNet.Attributes;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Ingest.Synthetic;
using Streaming.Operators.Models;

namespace Streaming.Kernels;

/// <summary>
/// The rank of an event's item among 3,706 items less the user's history, k = 32, by a model that has learned 300,000 events of a generated log of 6,040
/// users; and a whole pass, rank then learn, from the first event on.
/// </summary>
[MemoryDiagnoser]
public class RankBenchmarks
{
    private const int Users = 6_040;
    private const int Items = 3_706;
    private const int Factors = 32;
    private const int Learned = 300_000;
    private const int Ranked = 1 << 13;
    private const int Passed = 50_000;

    private readonly (ulong User, ulong Item)[] _events = new (ulong, ulong)[Learned + Ranked];
    private readonly (int User, int Item)[] _numbers = new (int, int)[Learned + Ranked];
    private readonly float[] _userRows = new float[Users * Factors];
    private readonly float[] _itemRows = new float[Items * Factors];
    private readonly bool[] _met = new bool[Users * Items];
    private Isgd<float> _model = null!;

    [GlobalSetup]
    public void Learn()
    {
        RatingsGenerator log = new(new RatingsOptions { Events = Learned + Ranked, Users = Users, Items = Items, InitialShare = 1, Seed = 1 });
        for (int n = 0; n < _events.Length; n++)
        {
            Rating rating = log.At(n);
            _numbers[n] = (rating.User - 1, rating.Item - 1);
            _events[n] = (Spread.Key(rating.User - 1), Spread.Key(rating.Item - 1));
            if (n < Learned) _met[((rating.User - 1) * Items) + rating.Item - 1] = true;
        }

        // What the plain version costs does not depend on the values.
        CounterRng rng = new(1, 1);
        foreach (ref float factor in _userRows.AsSpan()) factor = (float)rng.NextDouble();
        foreach (ref float factor in _itemRows.AsSpan()) factor = (float)rng.NextDouble();

        _model = NewModel();
        for (int n = 0; n < Learned; n++) _model.Learn(Of(n));
    }

    [GlobalCleanup]
    public void Release() => _model.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Ranked, Description = "exhaustive, plain scalar C#")]
    public long Plain()
    {
        long sum = 0;
        for (int n = Learned; n < Learned + Ranked; n++)
        {
            (int user, int item) = _numbers[n];
            ReadOnlySpan<float> p = _userRows.AsSpan(user * Factors, Factors);
            ReadOnlySpan<bool> met = _met.AsSpan(user * Items, Items);
            float score = Dot(p, _itemRows.AsSpan(item * Factors, Factors));
            int better = 0;
            for (int other = 0; other < met.Length; other++)
            {
                if (!met[other] && Dot(p, _itemRows.AsSpan(other * Factors, Factors)) > score) better++;
            }

            sum += better + 1;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Ranked, Description = "exhaustive: isgd, rank@full")]
    public long Full() => RankAll(int.MaxValue);

    [Benchmark(OperationsPerInvoke = Ranked, Description = "lazy: isgd, rank@20")]
    public long Lazy() => RankAll(20);

    [Benchmark(OperationsPerInvoke = Passed, Description = "rank@20, then learn: the first 50,000 events")]
    public long Pass()
    {
        using Isgd<float> model = NewModel();
        long sum = 0;
        for (int n = 0; n < Passed; n++)
        {
            Example example = Of(n);
            sum += model.Rank(example, 20);
            model.Learn(example);
        }

        return sum;
    }

    private static Isgd<float> NewModel() =>
        new(new IsgdOptions { Factors = Factors, Users = Users, Items = Items, InitSigma = 0.01, Regularization = 0.02, Ranking = IsgdRanking.Dot }, 1);

    private static float Dot(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        float sum = 0;
        for (int i = 0; i < p.Length && i < q.Length; i++) sum += p[i] * q[i];
        return sum;
    }

    private Example Of(int n) => new() { User = _events[n].User, Item = _events[n].Item, Value = double.NaN, Weight = 1 };

    private long RankAll(int depth)
    {
        long sum = 0;
        for (int n = Learned; n < Learned + Ranked; n++) sum += _model.Rank(Of(n), depth);
        return sum;
    }
}
