using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Drift;

/// <summary>The two forms of DDM that are in use.</summary>
public enum DdmVariant
{
    /// <summary>
    /// River: judges once more than <c>WarmStart</c> values were seen. A warning, once given, stands until the drift: it is entered at most once for
    /// each drift, as the traces published for River count it (its own flag follows the bound from value to value).
    /// </summary>
    River,

    /// <summary>MOA: counts from 1, so that it learns its minimum a value earlier; a warning ends when the error rate falls below the bound.</summary>
    Moa,
}

/// <summary>Options of <see cref="Ddm"/>.</summary>
public class DdmOptions : IValidatableOptions
{
    /// <summary>Which of the forms in use; <c>river</c> or <c>moa</c>. Default <c>river</c>.</summary>
    public DdmVariant Variant { get; set; } = DdmVariant.River;

    /// <summary>Values seen before the first judgement, at least 0. Default 30. Raising it avoids early alarms and delays the first one.</summary>
    [Range(0, 1_000_000_000)]
    public int WarmStart { get; set; } = 30;

    /// <summary>Standard deviations above the least error rate that give a warning, 0 to 1,000. Default 2. Raising it warns later.</summary>
    [Range(0d, 1000d)]
    public double WarningThreshold { get; set; } = 2;

    /// <summary>Standard deviations above the least error rate that signal a drift, at least <see cref="WarningThreshold"/>, up to 1,000. Default 3.
    /// Raising it detects later and errs less often.</summary>
    [Range(0d, 1000d)]
    public double DriftThreshold { get; set; } = 3;

    /// <inheritdoc/>
    public virtual IEnumerable<(string Option, string Message)> Validate()
    {
        if (DriftThreshold < WarningThreshold)
            yield return (nameof(DriftThreshold), $"is {DriftThreshold}; it must be at least WarningThreshold, which is {WarningThreshold}.");
    }
}
