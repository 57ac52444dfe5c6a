using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of every learner that fits a user's and an item's factors in turn to all that was and was not met.</summary>
public abstract class AlternatingOptions : RecommenderOptions, IAdmittingOptions
{
    private protected AlternatingOptions()
    {
    }

    /// <summary>Factors of a row, 1 to 128; default 16. Raising it fits finer tastes, needs more events to do so, and costs time by its square or cube.</summary>
    [Range(1, 128)]
    public int Factors { get; set; } = 16;

    /// <summary>Standard deviation of the factors that users and items start with, 0 to 10; default 0.03. At 0 nothing is learned.</summary>
    [Range(0.0, 10.0)]
    public double InitSigma { get; set; } = 0.03;

    /// <summary>
    /// Pairs of a user and an item that are kept, 1 to 2^30; default 4,194,304. Beyond it the oldest pair is forgotten. Raising it remembers longer, at 28 bytes a
    /// pair in use.
    /// </summary>
    [Range(1, 1 << 30)]
    public int Interactions { get; set; } = 1 << 22;

    /// <summary>Most items of one user that are kept, the newest, 1 to 65,536; default 100. Raising it costs time on each event of an eager user.</summary>
    [Range(1, 1 << 16)]
    public int UserHistory { get; set; } = 100;

    /// <summary>
    /// Most users of one item that an event of it is fitted to, the newest, 1 to 65,536; default 1,000: those before count as not met. Raising it costs time on each
    /// event of a popular item.
    /// </summary>
    [Range(1, 1 << 16)]
    public int ItemHistory { get; set; } = 1000;

    /// <summary>
    /// Events after which the sums over all rows are made anew, 1 to 2^30; default 100,000. Raising it lets rounding add up: each change of a row
    /// puts an element of the sums off by at most 2^-51 of the largest sum of squares. Lowering it costs (users + items) x factors^2 steps each time.
    /// </summary>
    [Range(1, 1 << 30)]
    public int ResumEvery { get; set; } = 100_000;

    /// <summary>How users and items earn rows of their own; by default with their first event.</summary>
    public AdmissionOptions Admission { get; set; } = new();
}
