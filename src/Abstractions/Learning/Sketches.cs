using Streaming.Abstractions.State;

namespace Streaming.Abstractions.Learning;

/// <summary>An estimate with the bounds that its sketch guarantees.</summary>
public readonly record struct Estimate(double Value, double Lower, double Upper);

/// <summary>Something that can take in another of its kind, made with the same options, as if it had seen that one's stream too.</summary>
public interface IMergeable<in T>
{
    /// <summary>Takes <paramref name="other"/> in; leaves it as it is.</summary>
    /// <exception cref="ArgumentException">The two were made with different options.</exception>
    void Merge(T other);
}

/// <summary>A sketch over a stream of 64-bit keys.</summary>
/// <remarks>One caller at a time.</remarks>
public interface ISketch : IStateful
{
    /// <summary>Bytes the sketch takes at most.</summary>
    long Bytes { get; }

    /// <summary>Counts <paramref name="weight"/> occurrences of a key (at least 1; kinds that do not count ignore how many).</summary>
    void Add(ulong key, long weight = 1);
}

/// <summary>A sketch that says how often a key came.</summary>
public interface IFrequencySketch : ISketch
{
    /// <summary>How often <paramref name="key"/> came, with bounds.</summary>
    Estimate Frequency(ulong key);
}

/// <summary>A sketch that names the most frequent keys.</summary>
public interface ITopKSketch : IFrequencySketch
{
    /// <summary>The keys it holds, largest estimate first, ties by key; at most <paramref name="k"/>.</summary>
    IReadOnlyList<(ulong Key, Estimate Count)> Top(int k);
}

/// <summary>A sketch that says how many distinct keys came.</summary>
public interface ICardinalitySketch : ISketch
{
    /// <summary>Number of distinct keys, with bounds at two standard errors.</summary>
    Estimate Cardinality { get; }
}
