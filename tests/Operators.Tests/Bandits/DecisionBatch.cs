using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;

namespace Streaming.Operators.Tests.Bandits;

/// <summary>Decisions in one batch, written by hand.</summary>
internal sealed class DecisionBatch : IDisposable
{
    private readonly BatchPool _pool;
    private readonly BatchLease _lease;

    public DecisionBatch(int capacity, int reals = 0, int integers = 0)
    {
        _pool = new BatchPool(1, capacity, reals, integers);
        _lease = _pool.Rent();
    }

    public EventBatch Batch => _lease.Batch;

    public Decision this[int index] => new(Batch.Events[index], Batch);

    /// <summary>A decision among the actions 1, 2, 3, ... without features.</summary>
    public int Add(int actions, int chosen, double reward, float propensity = 1, float weight = 1, double[]? rewards = null, double[]? expected = null) =>
        Add([], [.. Enumerable.Range(1, actions).Select(a => ((ulong)a, Array.Empty<Feature>()))], chosen, reward, propensity, weight, rewards, expected);

    public int Add(
        Feature[] context, (ulong Id, Feature[] Features)[] actions, int chosen = 0, double reward = 0, float propensity = 1, float weight = 1, double[]? rewards = null, double[]? expected = null)
    {
        ref Event e = ref Batch.Add();
        e.Kind = EventKind.Decision;
        e.Offset = Batch.Count - 1;
        (e.Chosen, e.Item, e.Value, e.Propensity, e.Weight) = (chosen, actions[chosen].Id, reward, propensity, weight);
        e.Features = Batch.Features.Add(context);
        CandidateAction[] candidates = [.. actions.Select(a => new CandidateAction(a.Id, Batch.Features.Add(a.Features)))];
        e.Actions = Batch.Actions.Add(candidates);
        e.Rewards = Batch.Rewards.Add(rewards ?? []);
        e.Expected = Batch.Rewards.Add(expected ?? []);
        return Batch.Count - 1;
    }

    /// <summary>A dense vector.</summary>
    public static Feature[] Dense(params float[] values) => [.. values.Select((v, i) => new Feature((ulong)i, v))];

    /// <summary>Named features of value 1.</summary>
    public static Feature[] Named(params ulong[] keys) => [.. keys.Select(k => new Feature(Feature.Places + k, 1))];

    public void Dispose()
    {
        _lease.Release();
        _pool.Dispose();
    }
}
