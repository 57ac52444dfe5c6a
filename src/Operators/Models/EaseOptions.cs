using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Ease"/>.</summary>
public sealed class EaseOptions : PriorOptions
{
    /// <summary>
    /// Items between which weights are learned, 1 to 2,048; default 512. The others are ordered by popularity alone. Raising it costs time in proportion to
    /// its square, an event,
    /// and 16 bytes times its square.
    /// </summary>
    [Range(1, 2048)]
    public int ModelItems { get; set; } = 512;

    /// <summary>How often an item must have come to be one of them, while there is room, 1 to 1,000,000; default 20. Raising it keeps room for what is
    /// popular, and learns of it later.</summary>
    [Range(1, 1_000_000)]
    public int AdmitAfter { get; set; } = 20;

    /// <summary>l2 penalty on the weights, 1e-3 to 1e9; default 50. Raising it trusts items that came rarely less.</summary>
    [Range(1e-3, 1e9)]
    public double Regularization { get; set; } = 50;

    /// <summary>
    /// Updates after which the inverse is made anew from the counts, 1 to 1,000,000,000; default 20,000. Raising it saves the time of some ModelItems updates
    /// each time, and lets rounding errors add
    /// up: see <see cref="Ease"/>.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public int RenewEvery { get; set; } = 20_000;
}
