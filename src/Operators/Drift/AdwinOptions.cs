using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Drift;

/// <summary>The three rules that are in use under the name ADWIN. They differ in which cuts they examine and in what a change leaves behind.</summary>
public enum AdwinVariant
{
    /// <summary>River 0.22 and later: every border between buckets is a cut; after a change the next value starts an empty window.</summary>
    River022,

    /// <summary>River up to 0.21: as <see cref="River022"/>, but the newest bucket of each row counts to the newer part of every cut.</summary>
    River021,

    /// <summary>MOA: both parts need two values more, and a change only drops the oldest buckets, so that one change can be signalled several times.</summary>
    Moa,
}

/// <summary>Options of <see cref="Adwin"/>.</summary>
public class AdwinOptions
{
    /// <summary>Which of the rules in use; <c>river022</c>, <c>river021</c> or <c>moa</c>. Default <c>river022</c>.</summary>
    public AdwinVariant Variant { get; set; } = AdwinVariant.River022;

    /// <summary>Probability of a false alarm at one check, in (0, 1). Default 0.002. Raising it detects sooner and errs more often.</summary>
    [Range(0d, 1d, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Delta { get; set; } = 0.002;

    /// <summary>Values between two checks, at least 1. Default 32. Raising it costs less time and delays detection by up to as many values.</summary>
    [Range(1, 1_000_000_000)]
    public int Clock { get; set; } = 32;

    /// <summary>Most buckets of one size, 1 to 1,000. Default 5. Raising it places cuts more finely and takes memory and time in proportion.</summary>
    [Range(1, 1000)]
    public int MaxBuckets { get; set; } = 5;

    /// <summary>Fewest values on either side of a cut, at least 1. Default 5. Raising it delays detection and avoids alarms on few values.</summary>
    [Range(1, 1_000_000_000)]
    public int MinWindowLength { get; set; } = 5;

    /// <summary>The window is checked only while it holds more values than this, at least 0. Default 10. Raising it delays the first check.</summary>
    [Range(0, 1_000_000_000)]
    public int GracePeriod { get; set; } = 10;
}
