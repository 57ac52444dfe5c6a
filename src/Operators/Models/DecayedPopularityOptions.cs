using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="DecayedPopularity"/>.</summary>
public sealed class DecayedPopularityOptions : RecommenderOptions
{
    /// <summary>After how much an event counts half, in units of <see cref="Unit"/>, 1 to 1e12; default 2,000. Raising it forgets more slowly.</summary>
    [Range(1.0, 1e12)]
    public double HalfLife { get; set; } = 2000;

    /// <summary>What <see cref="HalfLife"/> counts; default <see cref="DecayUnit.Events"/>.</summary>
    public DecayUnit Unit { get; set; } = DecayUnit.Events;
}

/// <summary>What a half-life counts.</summary>
public enum DecayUnit
{
    /// <summary>Events learned from.</summary>
    Events,

    /// <summary>Seconds of event time. An event out of order counts less, as one that old should.</summary>
    Seconds,
}
