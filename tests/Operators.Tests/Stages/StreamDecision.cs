using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Tests.Stages;

/// <summary>What a decision of a <see cref="StageStream"/> has in arenas: a context, actions with features, and now and then what all of them are worth.</summary>
internal sealed class StreamDecision
{
    private static readonly double[] Absurd = [double.NaN, double.PositiveInfinity, double.MaxValue, -1e300, 1e59];

    private readonly Feature[] _context;
    private readonly (ulong Id, Feature[] Features)[] _actions;
    private readonly double[] _rewards = [];
    private readonly double[] _expected = [];

    private StreamDecision(ref CounterRng rng, bool absurd)
    {
        _context = Features(ref rng, absurd);
        ulong first = rng.NextBelow(20);
        _actions = new (ulong, Feature[])[1 + rng.NextBelow(5)];
        for (int a = 0; a < _actions.Length; a++) _actions[a] = (1 + first + (ulong)a, Features(ref rng, absurd));
        if (rng.NextBelow(3) == 0) _rewards = Rewards(ref rng, absurd);
        if (rng.NextBelow(3) == 0) _expected = Rewards(ref rng, absurd);
    }

    /// <summary>Turns an event into a decision; returns what it has in arenas.</summary>
    public static StreamDecision Make(ref Event e, ref CounterRng rng, bool absurd)
    {
        StreamDecision decision = new(ref rng, absurd);
        e.Kind = EventKind.Decision;
        e.Chosen = (int)rng.NextBelow((ulong)decision._actions.Length);
        e.Item = decision._actions[e.Chosen].Id;
        e.Propensity = absurd && rng.NextBelow(30) == 0 ? float.Epsilon : (1 + rng.NextBelow(4)) / 4f;
        if (!absurd) e.Value = rng.NextBelow(2);
        return decision;
    }

    /// <summary>Puts it into the batch's arenas.</summary>
    public void AddTo(EventBatch batch, ref Event e)
    {
        e.Features = batch.Features.Add(_context);
        CandidateAction[] actions = [.. _actions.Select(a => new CandidateAction(a.Id, batch.Features.Add(a.Features)))];
        e.Actions = batch.Actions.Add(actions);
        e.Rewards = batch.Rewards.Add(_rewards);
        e.Expected = batch.Rewards.Add(_expected);
    }

    private static Feature[] Features(ref CounterRng rng, bool absurd)
    {
        Feature[] features = new Feature[rng.NextBelow(4)];
        for (int i = 0; i < features.Length; i++)
        {
            ulong key = rng.NextBelow(2) == 0 ? (ulong)i : Feature.Places + (rng.NextBelow(30) * 1234567);
            features[i] = new Feature(key, absurd && rng.NextBelow(60) == 0 ? 3e38f : (float)rng.NextNormal());
        }

        return features;
    }

    private double[] Rewards(ref CounterRng rng, bool absurd)
    {
        double[] rewards = new double[_actions.Length];
        foreach (ref double reward in rewards.AsSpan()) reward = absurd && rng.NextBelow(20) == 0 ? Absurd[rng.NextBelow((ulong)Absurd.Length)] : rng.NextDouble();
        return rewards;
    }
}
