using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// Options of the ratings generator. A rating is mean + user bias + item bias + product of planted factors + noise, rounded to half steps and cut to
/// 0.5 to 5; deviations are in rating points.
/// </summary>
public sealed class RatingsOptions : IValidatableOptions
{
    /// <summary>Ratings in the log, 1 to 2^40; default 200,000. Users and items appear over this span.</summary>
    [Range(1L, 1L << 40)]
    public long Events { get; set; } = 200_000;

    /// <summary>The same seed gives the same log; default 42.</summary>
    public ulong Seed { get; set; } = 42;

    /// <summary>Users that have appeared by the end, 1 to 50,000,000; default a hundredth of the events, at least 50. More make each one sparser.</summary>
    [Range(1, 50_000_000)]
    public int? Users { get; set; }

    /// <summary>Items that have appeared by the end, 1 to 50,000,000; default the events by 170, at least 30.</summary>
    [Range(1, 50_000_000)]
    public int? Items { get; set; }

    /// <summary>Share of users and items that are there from the start, 0 to 1; default 0.5. The others appear evenly over the log.</summary>
    [Range(0.0, 1.0)]
    public double InitialShare { get; set; } = 0.5;

    /// <summary>Planted factors of each user and item, 1 to 256; default 4. More are harder to learn.</summary>
    [Range(1, 256)]
    public int Factors { get; set; } = 4;

    /// <summary>Mean of what users would give to items at random, 0.5 to 5; default 3.1. Ratings are higher: users rate what suits them.</summary>
    [Range(0.5, 5.0)]
    public double Mean { get; set; } = 3.1;

    /// <summary>Standard deviation of the biases of users, and of those of items, 0 to 5; default 0.35.</summary>
    [Range(0.0, 5.0)]
    public double BiasDeviation { get; set; } = 0.35;

    /// <summary>Standard deviation of the product of factors, 0 to 5; default 0.8. More leaves more to a factor model.</summary>
    [Range(0.0, 5.0)]
    public double FactorDeviation { get; set; } = 0.8;

    /// <summary>Standard deviation of the noise, 0 to 5; default 0.6: what no model can explain.</summary>
    [Range(0.0, 5.0)]
    public double NoiseDeviation { get; set; } = 0.6;

    /// <summary>
    /// Exponent of the power law of item popularity (share of the r-th most popular item about r^-exponent), 0 to 1.5; default 0.9. More makes
    /// the popular ones more so.
    /// </summary>
    [Range(0.0, 1.5)]
    public double PopularityExponent { get; set; } = 0.9;

    /// <summary>
    /// Shift of the power law of item popularity, as a share of the items (Zipf-Mandelbrot: share of the r-th most popular item about
    /// (r + shift * items)^-exponent), 0 to 1; default 0.02. More flattens the head, so that users meet popular items less often twice.
    /// </summary>
    [Range(0.0, 1.0)]
    public double PopularityShift { get; set; } = 0.02;

    /// <summary>Exponent of the power law of user activity, 0 to 1.5; default 0.5.</summary>
    [Range(0.0, 1.5)]
    public double ActivityExponent { get; set; } = 0.5;

    /// <summary>
    /// Items that a user looks at, drawn by popularity, to rate the one that suits best; 1 to 16, default 2. With 1, what is rated does not depend on
    /// taste; with more, ratings say less, for users rate only what they like.
    /// </summary>
    [Range(1, 16)]
    public int Choices { get; set; } = 2;

    /// <summary>Where the factors of all items are drawn anew: below 1 a share of the events, else the number of an event. Default: nowhere.</summary>
    [Range(0.0, 1e12)]
    public double? DriftAt { get; set; }

    /// <summary>Time of the start in Unix seconds, 0 to 1e11; default 1577836800 (2020-01-01).</summary>
    [Range(0L, 100_000_000_000L)]
    public long Start { get; set; } = 1_577_836_800;

    /// <summary>Mean seconds from one event to the next, 0.000001 to 86,400; default 10. Times are written in whole seconds.</summary>
    [Range(0.000001, 86_400.0)]
    public double SecondsBetween { get; set; } = 10;

    /// <summary><see cref="Users"/>, or its default by the number of events.</summary>
    internal int FinalUsers => Users ?? (int)Math.Clamp(Events / 100, 50, 50_000_000);

    /// <summary><see cref="Items"/>, or its default by the number of events.</summary>
    internal int FinalItems => Items ?? (int)Math.Clamp(Events / 170, 30, 50_000_000);

    /// <summary>Bytes the planted rows take: 8 a factor, and as many again for the biases and popularities of an entity.</summary>
    internal long EstimateBytes() => ((long)FinalUsers + (FinalItems * (DriftAt is null ? 1L : 2L))) * (Factors + 4) * 8;

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        // The planted rows are held in memory: 8 bytes a factor.
        long numbers = ((long)FinalUsers + FinalItems + (DriftAt is null ? 0 : FinalItems)) * Factors;
        if (numbers > int.MaxValue)
            yield return (nameof(Factors), $"found {Factors} for {FinalUsers} users and {FinalItems} items; at most 2^31 numbers are planted");
        double end = Start + (Events * SecondsBetween);
        if (end > 100_000_000_000) yield return (nameof(SecondsBetween), $"found {SecondsBetween}; with {Events} events the log would end after the year 5138");
    }
}
