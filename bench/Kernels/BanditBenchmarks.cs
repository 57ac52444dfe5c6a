using BenchmarkDotNet.Attributes;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Bandits;
using Streaming.Operators.Bandits.Policies;

namespace Streaming.Kernels;

/// <summary>
/// One decision of each policy: ten actions, 20 dense features each, of which LinUCB scores all and then learns one; the others see none. LinUCB also with
/// the features shared by all actions, and with few of many named ones.
/// </summary>
[MemoryDiagnoser]
public class BanditBenchmarks
{
    private const int N = 1 << 14;
    private const int BatchSize = 1024;
    private const int Arms = 10;
    private const int Features = 20;

    private readonly BatchLease[] _byAction = new BatchLease[N / BatchSize];
    private readonly BatchLease[] _shared = new BatchLease[N / BatchSize];
    private readonly BatchLease[] _named = new BatchLease[N / BatchSize];
    private readonly double[] _probabilities = new double[Arms];
    private LinUcb _linear = null!;
    private LinUcb _linearShared = null!;
    private LinUcb _linearNamed = null!;
    private PlainLinUcb _plain = null!;
    private PolicyOperator _stage = null!;
    private PolicyOperator _ucb1 = null!;
    private PolicyOperator _thompson = null!;
    private PolicyOperator _uniform = null!;

    [GlobalSetup]
    public void Fill()
    {
        CounterRng rng = new(1, 1);
        Fill(_byAction, () => [], () => Dense(ref rng));
        Fill(_shared, () => Dense(ref rng), () => []);
        Fill(_named, () => [], () => Named(ref rng));
        (_linear, _linearShared, _linearNamed, _plain) = (new LinUcb(new LinUcbOptions()), new LinUcb(new LinUcbOptions()), new LinUcb(new LinUcbOptions()), new PlainLinUcb());
        LearningPolicyOptions all = new LinUcbOptions { Learn = LearnRule.All };
        _stage = new PolicyOperator(new LinUcb(new LinUcbOptions()), all, StageBinding.Free());
        _ucb1 = new PolicyOperator(new Ucb1(new Ucb1Options()), all, StageBinding.Free());
        _thompson = new PolicyOperator(new Thompson(new ThompsonOptions()), all, StageBinding.Free());
        _uniform = new PolicyOperator(new UniformPolicy(), new UniformOptions(), StageBinding.Free());
    }

    [GlobalCleanup]
    public void Release()
    {
        _linear.Dispose();
        _linearShared.Dispose();
        _linearNamed.Dispose();
        _stage.Dispose();
        _ucb1.Dispose();
        _thompson.Dispose();
        _uniform.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = N, Description = "lin-ucb, plain scalar C#")]
    public void Plain() => Decide(_byAction, (e, batch) =>
    {
        Decision decision = new(e, batch);
        _plain.Score(decision, _probabilities);
        _plain.Learn(decision, e.Chosen, e.Value);
    });

    [Benchmark(OperationsPerInvoke = N, Description = "lin-ucb")]
    public void Linear() => Run(_linear, _byAction);

    [Benchmark(OperationsPerInvoke = N, Description = "lin-ucb, features shared")]
    public void LinearShared() => Run(_linearShared, _shared);

    [Benchmark(OperationsPerInvoke = N, Description = "lin-ucb, 5 of 1,024 named features")]
    public void LinearNamed() => Run(_linearNamed, _named);

    [Benchmark(OperationsPerInvoke = N, Description = "lin-ucb as a stage")]
    public void Stage() => Run(_stage);

    [Benchmark(OperationsPerInvoke = N, Description = "ucb1 as a stage")]
    public void Ucb1Stage() => Run(_ucb1);

    [Benchmark(OperationsPerInvoke = N, Description = "thompson as a stage")]
    public void ThompsonStage() => Run(_thompson);

    [Benchmark(OperationsPerInvoke = N, Description = "uniform as a stage")]
    public void UniformStage() => Run(_uniform);

    private static void Fill(BatchLease[] leases, Func<Feature[]> context, Func<Feature[]> action)
    {
        CounterRng rng = new(2, 2);
        BatchPool pool = new(leases.Length, BatchSize, 0, 0);
        for (int b = 0; b < leases.Length; b++)
        {
            leases[b] = pool.Rent();
            EventBatch batch = leases[b].Batch;
            for (int i = 0; i < BatchSize; i++)
            {
                ref Event e = ref batch.Add();
                (e.Kind, e.Offset, e.Chosen, e.Propensity, e.Value) = (EventKind.Decision, i, (int)rng.NextBelow(Arms), 1f / Arms, rng.NextBelow(2));
                e.Features = batch.Features.Add(context());
                CandidateAction[] actions = new CandidateAction[Arms];
                for (int a = 0; a < Arms; a++) actions[a] = new CandidateAction(Spread.Key(a), batch.Features.Add(action()));
                e.Actions = batch.Actions.Add(actions);
            }
        }
    }

    private static Feature[] Dense(ref CounterRng rng)
    {
        Feature[] features = new Feature[Features];
        for (int i = 0; i < Features; i++) features[i] = new Feature((ulong)i, (float)((2 * rng.NextDouble()) - 1));
        return features;
    }

    private static Feature[] Named(ref CounterRng rng)
    {
        Feature[] features = new Feature[5];
        for (int i = 0; i < features.Length; i++) features[i] = new Feature(Spread.Key((long)rng.NextBelow(1024)) | Feature.Places, 1);
        return features;
    }

    private void Run(LinUcb policy, BatchLease[] leases) => Decide(leases, (e, batch) =>
    {
        Decision decision = new(e, batch);
        CounterRng rng = default;
        policy.Distribution(decision, ref rng, _probabilities);
        policy.Learn(decision, e.Chosen, e.Value, 1);
    });

    private static void Decide(BatchLease[] leases, Action<Event, EventBatch> decide)
    {
        foreach (BatchLease lease in leases)
        {
            EventBatch batch = lease.Batch;
            foreach (ref readonly Event e in batch.Events) decide(e, batch);
        }
    }

    private void Run(PolicyOperator stage)
    {
        foreach (BatchLease lease in _byAction) stage.Process(lease.Batch);
    }

    /// <summary>The algorithm as one would write it first: arrays of arrays, an inner product a row, the formula of Sherman and Morrison.</summary>
    private sealed class PlainLinUcb
    {
        private const int Length = Features + 1;

        private readonly double[][][] _inverses = [.. Enumerable.Range(0, Arms).Select(_ => Enumerable.Range(0, Length).Select(Unit).ToArray())];
        private readonly double[][] _weights = [.. Enumerable.Range(0, Arms).Select(_ => new double[Length])];
        private readonly double[] _x = new double[Length];
        private readonly double[] _product = new double[Length];

        public void Score(in Decision decision, Span<double> scores)
        {
            for (int a = 0; a < Arms; a++)
            {
                Read(decision, a);
                scores[a] = Dot(_weights[a], _x) + Math.Sqrt(Multiply(_inverses[a]));
            }
        }

        public void Learn(in Decision decision, int action, double reward)
        {
            Read(decision, action);
            double[][] inverse = _inverses[action];
            double gain = 1 / (1 + Multiply(inverse)), error = reward - Dot(_weights[action], _x);
            for (int i = 0; i < Length; i++)
            {
                for (int j = 0; j < Length; j++) inverse[i][j] -= gain * _product[i] * _product[j];
                _weights[action][i] += gain * error * _product[i];
            }
        }

        private void Read(in Decision decision, int action)
        {
            ReadOnlySpan<Feature> features = decision.FeaturesOf(action);
            for (int i = 0; i < Features; i++) _x[i] = features[i].Value;
            _x[Features] = 1;
        }

        private double Multiply(double[][] inverse)
        {
            for (int i = 0; i < Length; i++) _product[i] = Dot(inverse[i], _x);
            return Dot(_product, _x);
        }

        private static double[] Unit(int place)
        {
            double[] row = new double[Length];
            row[place] = 1;
            return row;
        }

        private static double Dot(double[] a, double[] b)
        {
            double sum = 0;
            for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
            return sum;
        }
    }
}
