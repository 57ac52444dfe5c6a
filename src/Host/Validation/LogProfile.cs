using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Operators.Sketches;

namespace Streaming.Host.Validation;

/// <summary>What a log holds: counts, ranges, and the first bad records. Bounded memory, whatever its length.</summary>
internal sealed class LogProfile
{
    /// <summary>Bad records that are shown one by one.</summary>
    public const int ShownRejections = 10;

    private readonly HyperLogLog _users = new(new HyperLogLogOptions { Precision = 16 }, seed: 1);
    private readonly HyperLogLog _items = new(new HyperLogLogOptions { Precision = 16 }, seed: 2);
    private readonly List<(Rejection Rejection, string Text)> _first = [];
    private double _sum;

    public long Events { get; private set; }

    public long WithValue { get; private set; }

    public long WithoutTimeOrder { get; private set; }

    public double LowestValue { get; private set; } = double.PositiveInfinity;

    public double HighestValue { get; private set; } = double.NegativeInfinity;

    public double MeanValue => _sum / WithValue;

    public long FirstTime { get; private set; } = long.MaxValue;

    public long LastTime { get; private set; } = long.MinValue;

    /// <summary>Distinct users, within 0.4 % (one standard error); exact to a few for small logs.</summary>
    public double Users => _users.Cardinality.Value;

    /// <inheritdoc cref="Users"/>
    public double Items => _items.Cardinality.Value;

    /// <summary>What the decisions are like.</summary>
    public DecisionProfile Decisions { get; } = new();

    public SourcePosition End { get; } = new();

    public IReadOnlyList<(Rejection Rejection, string Text)> FirstRejections => _first;

    /// <summary>Takes the batch in; keeps nothing of it.</summary>
    public void Add(EventBatch batch)
    {
        foreach (ref readonly Event e in batch.Events)
        {
            if (Events++ > 0 && e.Time < LastSeen) WithoutTimeOrder++;
            LastSeen = e.Time;
            FirstTime = Math.Min(FirstTime, e.Time);
            LastTime = Math.Max(LastTime, e.Time);
            if (e.User != EntityKeyCodec.None) _users.Add(e.User);
            if (e.Item != EntityKeyCodec.None && e.Kind != EventKind.Outcome) _items.Add(e.Item);
            Decisions.Add(e);
            if (!e.IsRating) continue;
            WithValue++;
            _sum += e.Value;
            LowestValue = Math.Min(LowestValue, e.Value);
            HighestValue = Math.Max(HighestValue, e.Value);
        }

        for (int i = 0; i < batch.Rejections.Count && _first.Count < ShownRejections; i++)
        {
            Rejection rejection = batch.Rejections[i];
            ReadOnlySpan<byte> bytes = batch.Rejections.BytesOf(rejection);
            _first.Add((rejection, System.Text.Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 60)]) + (rejection.Length > 60 && !rejection.Withheld ? "..." : "")));
        }

        End.CopyFrom(batch.Position);
    }

    private long LastSeen { get; set; }
}
