using Streaming.Abstractions.Stages;

namespace Streaming.Ingest;

/// <summary>What becomes of a record by its value.</summary>
internal enum Passage
{
    /// <summary>It enters the stream.</summary>
    Taken,

    /// <summary>It is good, but below the minimum, or has no value where one is asked for.</summary>
    Filtered,

    /// <summary>Its value lies outside the declared range.</summary>
    OutOfRange,
}

/// <summary>Applies <see cref="SourceOptions.Range"/> and <see cref="SourceOptions.MinimumValue"/>.</summary>
internal readonly struct ValueGate(SourceOptions options)
{
    private readonly ValueRange _range = options.ToValueRange();
    private readonly bool _filters = options.MinimumValue is not null;
    private readonly double _minimum = options.MinimumValue ?? 0;

    /// <summary>What becomes of <paramref name="value"/>; NaN is no value, and outside of no range.</summary>
    public Passage Judge(double value)
    {
        if (value < _range.Low || value > _range.High) return Passage.OutOfRange;
        return _filters && !(value >= _minimum) ? Passage.Filtered : Passage.Taken;
    }
}
