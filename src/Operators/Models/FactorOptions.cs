using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of every learner that gives users and items rows of factors.</summary>
public abstract class FactorOptions : RecommenderOptions
{
    private protected FactorOptions()
    {
    }

    /// <summary>
    /// Factors of a row, 1 to 1,024; default 10. Raising it fits finer tastes, needs more events to do so, and costs time and memory in steps of 16.
    /// </summary>
    [Range(1, 1024)]
    public virtual int Factors { get; set; } = 10;

    /// <summary>
    /// Standard deviation of the factors that users and items start with, 0 to 10; default 0.1. Raising it makes early predictions noisier and early
    /// learning faster; at 0 nothing is learned.
    /// </summary>
    [Range(0.0, 10.0)]
    public virtual double InitSigma { get; set; } = 0.1;

    /// <summary>Largest absolute gradient of the loss, above 0; default 1e12. Lowering it bounds what one event can do.</summary>
    [Range(0.0, 1e300, MinimumIsExclusive = true)]
    public double GradientClip { get; set; } = 1e12;
}
