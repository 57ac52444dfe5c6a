using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Tests.Stages;

/// <summary>
/// Events of every kind, with keys, values, weights and times from the ordinary to the absurd, and the columns that stages read of earlier ones.
/// </summary>
internal sealed class StageStream
{
    private static readonly double[] Values =
        [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, -double.MaxValue, 1e300, -1e300, 1e18, -0.0, double.Epsilon];

    private static readonly float[] Weights = [0, -1, float.NaN, float.PositiveInfinity, float.MaxValue, 1e20f, float.Epsilon];

    private static readonly long[] Times = [long.MinValue, long.MaxValue, 0, -1, long.MinValue + 1, long.MaxValue - 1];

    private readonly StreamDecision?[] _decisions;

    public StageStream(int length, ulong seed, bool absurd)
    {
        CounterRng rng = new(seed, 3);
        (Events, Reals, Ranks, Lists, _decisions) = (new Event[length], new double[length], new int[length], new ulong[length][], new StreamDecision?[length]);
        long clock = 1_000_000_000;
        for (int i = 0; i < length; i++)
        {
            clock += (long)rng.NextBelow(4);
            ref Event e = ref Events[i];
            e.Offset = i;
            e.Kind = rng.NextBelow(8) == 0 ? (EventKind)rng.NextBelow(5) : EventKind.Interaction;
            e.Chosen = -1;
            e.User = rng.NextBelow(12);
            e.Item = Math.Min(rng.NextBelow(30), rng.NextBelow(30));
            e.Value = Value(ref rng, absurd);
            e.Weight = absurd && rng.NextBelow(40) == 0 ? Weights[rng.NextBelow((ulong)Weights.Length)] : 1;
            e.Propensity = double.NaN;
            e.Time = clock - (rng.NextBelow(3) == 0 ? (long)rng.NextBelow(40) : 0);
            if (absurd && i > length / 2 && rng.NextBelow(50) == 0) e.Time = Times[rng.NextBelow((ulong)Times.Length)];
            Reals[i] = rng.NextBelow(2) == 0 ? rng.NextBelow(2) : Value(ref rng, absurd);
            Ranks[i] = (int)rng.NextBelow(26) - 3;
            if (i % 3 == 0) _decisions[i] = StreamDecision.Make(ref e, ref rng, absurd);
            else if (e.Kind == EventKind.Decision) e.Kind = EventKind.Query;
            if (Ranks[i] == Abstractions.Learning.Ranks.Unknown && i < length / 2) Ranks[i] = 2;
            Lists[i] = List(e.User, ref rng);
        }
    }

    public Event[] Events { get; }

    public double[] Reals { get; }

    public int[] Ranks { get; }

    public ulong[][] Lists { get; }

    /// <summary>Appends event <paramref name="i"/> with what lies in arenas.</summary>
    public void AddTo(EventBatch batch, int i)
    {
        ref Event e = ref batch.Add();
        e = Events[i];
        _decisions[i]?.AddTo(batch, ref e);
    }

    // None, one, or up to ten of the items, no item twice; the same user's lists are somewhat alike.
    private static ulong[] List(ulong user, ref CounterRng rng)
    {
        ulong length = rng.NextBelow(3) == 0 ? 0 : 1 + rng.NextBelow(10), start = user + rng.NextBelow(4), step = 1 + rng.NextBelow(2);
        return [.. Enumerable.Range(0, (int)length).Select(i => start + (step * (ulong)i))];
    }

    private static double Value(ref CounterRng rng, bool absurd) =>
        absurd && rng.NextBelow(20) == 0 ? Values[rng.NextBelow((ulong)Values.Length)] : rng.NextBelow(10) == 0 ? double.NaN : 1 + rng.NextBelow(5);
}
