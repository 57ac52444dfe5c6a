using System.ComponentModel.DataAnnotations;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// Options of the ratings generator. A rating is mean + user bias + item bias + product of planted factors + noise, rounded to half steps and cut to
/// 0.5 to 5; deviations are in rating points.
/// </summary>
public class RatingsOptions : GeneratorOptions
{
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

    /// <summary>
    /// Where tastes change at once, the factors of all items being drawn anew: each position, ascending, is below 1 a share of the events, else the number
    /// of an event. Default: nowhere.
    /// </summary>
    public List<double> DriftAt { get; set; } = [];

    /// <summary>Where tastes begin to move linearly to new ones, a position as in <c>DriftAt</c>; default: nowhere. Needs <c>GradualTo</c>.</summary>
    [Range(0.0, 1e12)]
    public double? GradualFrom { get; set; }

    /// <summary>Where the new tastes have been reached, after <c>GradualFrom</c> and with no abrupt change between; default: nowhere.</summary>
    [Range(0.0, 1e12)]
    public double? GradualTo { get; set; }

    /// <summary><see cref="Users"/>, or its default by the number of events.</summary>
    internal int FinalUsers => Users ?? (int)Math.Clamp(Events / 100, 50, 50_000_000);

    /// <summary><see cref="Items"/>, or its default by the number of events.</summary>
    internal int FinalItems => Items ?? (int)Math.Clamp(Events / 170, 30, 50_000_000);

    /// <summary>Standard deviation of a factor: the variance of a product of two vectors of K normal numbers of deviation s is K s^4.</summary>
    internal double FactorScale => Math.Sqrt(FactorDeviation / Math.Sqrt(Factors));

    private long Segments => 1L + DriftAt.Count + (GradualFrom is null ? 0 : 1);

    /// <summary>Bytes the planted rows take: 8 a factor, and as many again for the biases and popularities of an entity.</summary>
    internal override long EstimateBytes() => (FinalUsers + (FinalItems * Segments)) * (Factors + 4) * 8;

    /// <inheritdoc/>
    public override IEnumerable<(string Option, string Message)> Validate()
    {
        foreach ((string, string) mistake in base.Validate()) yield return mistake;
        // The planted rows are held in memory: 8 bytes a factor.
        if ((FinalUsers + (FinalItems * Segments)) * Factors > int.MaxValue)
            yield return (nameof(Factors), $"found {Factors} for {FinalUsers} users and {FinalItems} items; at most 2^31 numbers are planted, and each change of tastes plants the items anew");
        foreach ((string, string) mistake in ValidateDrift()) yield return mistake;
    }

    private IEnumerable<(string Option, string Message)> ValidateDrift()
    {
        long before = -1;
        foreach (double at in DriftAt)
        {
            if (!(at >= 0 && at <= 1e12))
            {
                yield return (nameof(DriftAt), $"found {at}, allowed is from 0 to 1E+12");
                yield break;
            }

            long place = DriftSchedule.Place(at, Events);
            if (place <= before) yield return (nameof(DriftAt), $"found {at} after a position that is no smaller; ascending positions are needed");
            before = place;
        }

        if ((GradualFrom is null) != (GradualTo is null))
        {
            yield return GradualFrom is null
                ? (nameof(GradualFrom), "is missing, and GradualTo is given: both or neither are needed")
                : (nameof(GradualTo), "is missing, and GradualFrom is given: both or neither are needed");
        }
        else if (GradualFrom is double first && GradualTo is double last)
        {
            long from = DriftSchedule.Place(first, Events), to = DriftSchedule.Place(last, Events);
            if (to <= from) yield return (nameof(GradualTo), $"found {last}, which is event {to}; a position after GradualFrom (event {from}) is needed");
            foreach (double at in DriftAt.Where(at => DriftSchedule.Place(at, Events) > from && DriftSchedule.Place(at, Events) < to))
                yield return (nameof(DriftAt), $"found {at}, which lies between GradualFrom and GradualTo; tastes cannot jump while they move");
        }
    }
}
