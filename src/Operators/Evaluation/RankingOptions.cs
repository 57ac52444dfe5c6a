using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>Options of the ranking stage.</summary>
public sealed class RankingOptions : JudgedOptions, IValidatableOptions
{
    /// <summary>
    /// How deep ranks are told apart: 1 to 1000, or <c>full</c>; default 20. Raising it costs the model time. Measures at a k beyond it are null, and
    /// <c>mrr</c> and <c>mpr</c> need <c>full</c>.
    /// </summary>
    [Required]
    public string Depth { get; set; } = "20";

    /// <summary>
    /// The k of <c>recall@k</c>, <c>hits@k</c> and <c>dcg@k</c>: of 1, 5, 10, 20, 50 and 100, with commas; default <c>10,20</c>, which are measured in any case. One item comes with an
    /// event, so recall is the hit rate and DCG is already normalized: neither has a second name.
    /// </summary>
    [Required]
    public string K { get; set; } = "10,20";

    /// <summary>
    /// Candidates that the model draws for each event, of which <c>auc</c> is the share that scores below the event's item, 0 to 1,000; default 0: no <c>auc</c>. Raising it costs the
    /// model that many scores an event and makes the measure smoother.
    /// </summary>
    [Range(0, AucDemand.MaxSamples)]
    public int AucSamples { get; set; }

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (!RankDemand.TryParse(Depth, out _, out _)) yield return (nameof(Depth), $"found '{Depth}'; allowed is a number from 1 to {RankDemand.MaxDepth}, or {RankDemand.Full}");
        if (!CutOffs.TryParse(K, out _)) yield return (nameof(K), $"found '{K}'; allowed are {string.Join(", ", CutOffs.All)}, each once, with commas between");
    }

    /// <summary>What these options measure.</summary>
    internal RankMeasures Measures()
    {
        if (!RankDemand.TryParse(Depth, out _, out int depth)) throw new InvalidOperationException($"'{Depth}' is no depth.");
        if (!CutOffs.TryParse(K, out int[] ks)) throw new InvalidOperationException($"'{K}' is no list of {string.Join(", ", CutOffs.All)}.");
        return new RankMeasures(depth, [.. ks.Union([RankMeasure.K, RankMeasure.WideK]).Order()], AucSamples);
    }
}
