namespace Streaming.Ingest.Synthetic;

/// <summary>
/// One decision of a simulator, in buffers that the next one overwrites: the actions with their features, the true mean reward of each, what each would have
/// earned, and the choice that was logged.
/// </summary>
/// <param name="capacity">Most actions of a decision.</param>
/// <param name="features">Features an action.</param>
/// <param name="decimals">Decimals that features are rounded to: the log has them exactly as the truth was computed from them.</param>
internal sealed class SimulatedDecision(int capacity, int features, int decimals)
{
    private readonly int[] _ids = new int[capacity];
    private readonly int[] _features = new int[capacity * features];
    private readonly double[] _expected = new double[capacity];
    private readonly bool[] _rewards = new bool[capacity];
    private readonly double _unit = Unit(decimals);

    /// <summary>Actions of this decision.</summary>
    public int Count { get; set; }

    /// <summary>0-based place of the action that was chosen.</summary>
    public int Chosen { get; set; }

    /// <summary>Probability with which it was.</summary>
    public double Propensity { get; set; }

    /// <summary>Number of each action, to make its id of.</summary>
    public Span<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>True mean reward of each action.</summary>
    public Span<double> Expected => _expected.AsSpan(0, Count);

    /// <summary>Whether each action would have earned its reward of 1.</summary>
    public Span<bool> Rewards => _rewards.AsSpan(0, Count);

    /// <summary>Most bytes that <see cref="WriteActions"/>, <see cref="WriteChoice"/>, <see cref="WriteRewards"/> and <see cref="WriteExpected"/> write.</summary>
    public int MaxBytes => 256 + (capacity * (64 + (features * 13)));

    /// <summary>Sets a feature of an action to the nearest number with the decimals that are written, and returns that; within 2^31 units.</summary>
    public double SetFeature(int action, int feature, double value)
    {
        int units = (int)Math.Floor((value * _unit) + 0.5);
        _features[(action * features) + feature] = units;
        return units / _unit;
    }

    /// <summary>Writes <c>"actions":[{"id":"17","x":[..]},..]</c>.</summary>
    /// <param name="line">Where it goes.</param>
    /// <param name="prefix">What ids have before their number.</param>
    public void WriteActions(ref LineWriter line, ReadOnlySpan<byte> prefix)
    {
        line.Text("\"actions\":["u8);
        for (int i = 0; i < Count; i++)
        {
            line.Text(i == 0 ? "{\"id\":\""u8 : ",{\"id\":\""u8);
            line.Text(prefix);
            line.Whole(_ids[i]);
            line.Text("\",\"x\":["u8);
            for (int k = 0; k < features; k++)
            {
                if (k > 0) line.Character((byte)',');
                line.Decimal(_features[(i * features) + k], decimals);
            }

            line.Text("]}"u8);
        }

        line.Character((byte)']');
    }

    /// <summary>Writes <c>,"chosen":3,"propensity":0.083</c>.</summary>
    public void WriteChoice(ref LineWriter line)
    {
        line.Text(",\"chosen\":"u8);
        line.Whole(Chosen);
        line.Text(",\"propensity\":"u8);
        line.Real(Propensity);
    }

    /// <summary>Writes <c>,"reward":1</c> and, where asked to, <c>,"rewards":[..]</c>.</summary>
    public void WriteRewards(ref LineWriter line, bool all)
    {
        line.Text(_rewards[Chosen] ? ",\"reward\":1"u8 : ",\"reward\":0"u8);
        if (!all) return;
        line.Text(",\"rewards\":["u8);
        for (int i = 0; i < Count; i++)
        {
            if (i > 0) line.Character((byte)',');
            line.Character(_rewards[i] ? (byte)'1' : (byte)'0');
        }

        line.Character((byte)']');
    }

    /// <summary>Writes <c>,"expected":[..]</c>.</summary>
    public void WriteExpected(ref LineWriter line)
    {
        line.Text(",\"expected\":["u8);
        for (int i = 0; i < Count; i++)
        {
            if (i > 0) line.Character((byte)',');
            line.Real(_expected[i]);
        }

        line.Character((byte)']');
    }

    private static double Unit(int decimals)
    {
        double unit = 1;
        for (int i = 0; i < decimals; i++) unit *= 10;
        return unit;
    }
}
