using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Drift;

/// <summary>The three forms of the Page-Hinkley test that are in use.</summary>
public enum PageHinkleyVariant
{
    /// <summary>River today: two cumulative sums, watched for a rise above the least and a fall below the greatest so far.</summary>
    River,

    /// <summary>River 0.7 and scikit-multiflow: one sum that never falls below 0, alarm at the threshold. Upward only.</summary>
    Clamped,

    /// <summary>MOA: one sum, unclamped, alarm above the threshold. Upward only, and late where the sum had gone far below 0.</summary>
    Moa,
}

/// <summary>Direction of the changes that are signalled.</summary>
public enum PageHinkleyMode
{
    /// <summary>Rises and falls of the mean.</summary>
    Both,

    /// <summary>Rises only.</summary>
    Up,

    /// <summary>Falls only.</summary>
    Down,
}

/// <summary>Options of <see cref="PageHinkley"/>.</summary>
public class PageHinkleyOptions
{
    /// <summary>Which of the forms in use; <c>river</c>, <c>clamped</c> or <c>moa</c>. Default <c>river</c>.</summary>
    public PageHinkleyVariant Variant { get; set; } = PageHinkleyVariant.River;

    /// <summary>Values seen before the first alarm, at least 1. Default 30. Raising it delays the first alarm and steadies the mean.</summary>
    [Range(1, 1_000_000_000)]
    public int MinInstances { get; set; } = 30;

    /// <summary>Change of the mean that is tolerated, in units of the value, at least 0. Default 0.005. Raising it ignores slower changes.</summary>
    [Range(0d, 1e100)]
    public double Delta { get; set; } = 0.005;

    /// <summary>Cumulated deviation that raises the alarm, in units of the value, at least 0. Default 50. Raising it detects later and errs less often.</summary>
    [Range(0d, 1e100)]
    public double Threshold { get; set; } = 50;

    /// <summary>Factor by which the cumulated deviation fades at each value, in (0, 1]. Default 0.9999. Raising it remembers longer.</summary>
    [Range(0d, 1d, MinimumIsExclusive = true)]
    public double Alpha { get; set; } = 0.9999;

    /// <summary>Direction of the changes that are signalled: <c>both</c>, <c>up</c> or <c>down</c>. Default <c>both</c>. The variants
    /// <c>clamped</c> and <c>moa</c> are upward tests whatever it says.</summary>
    public PageHinkleyMode Mode { get; set; } = PageHinkleyMode.Both;
}
