using Streaming.Abstractions.Events;

namespace Streaming.Abstractions.Learning;

/// <summary>What a recommender sees of one event. Valid during the call it is passed to.</summary>
public readonly ref struct Example
{
    /// <summary>Key of the user.</summary>
    public ulong User { get; init; }

    /// <summary>Key of the item.</summary>
    public ulong Item { get; init; }

    /// <summary>Rating or count, finite; NaN for implicit feedback.</summary>
    public double Value { get; init; }

    /// <summary>Event time, microseconds since the Unix epoch.</summary>
    public long Time { get; init; }

    /// <summary>Importance, finite and not negative.</summary>
    public float Weight { get; init; }

    /// <summary>Features of the context.</summary>
    public ReadOnlySpan<Feature> Features { get; init; }
}
