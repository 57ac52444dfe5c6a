using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>Options of the exposure stage.</summary>
public sealed class ExposureOptions : IValidatableOptions
{
    /// <summary>Id of the model stage that is judged; required.</summary>
    [Required]
    public string Model { get; set; } = "";

    /// <summary>Items in a list, one of 1, 5, 10, 20, 50 and 100; default 10. Raising it looks at less prominent items too.</summary>
    [Range(1, 100)]
    public int K { get; set; } = 10;

    /// <summary>
    /// One user in so many is shown a list, always the same ones, 1 to 1,048,576; default 16. A list costs the model a pass over its items: raising it costs less time, and leaves
    /// fewer lists to look at.
    /// </summary>
    [Range(1, TopDemand.MaxSample)]
    public int Sample { get; set; } = 16;

    /// <summary>
    /// Items whose events and exposures are counted, 1 to 4,194,304; default 262,144. Beyond it every measure is null, for what is left out would change it. Raising it takes about 85
    /// bytes an item as items come.
    /// </summary>
    [Range(1, 1 << 22)]
    public int Items { get; set; } = 1 << 18;

    /// <summary>Lists in the sliding window, 1 to 1,000,000; default 1,000. Raising it smooths the windowed measures, makes them slower to follow, and takes 4 K + 9 bytes a list.</summary>
    [Range(1, 1_000_000)]
    public int Window { get; set; } = 1000;

    /// <summary>Fading factor, above 0 and at most 1; default 0.999. A list n lists back weighs this to the n-th power: raising it remembers longer.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Fading { get; set; } = 0.999;

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (!CutOffs.Has(K)) yield return (nameof(K), $"found {K}; allowed is one of {string.Join(", ", CutOffs.All)}");
    }
}
