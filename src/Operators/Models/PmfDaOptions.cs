using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="PmfDa{T}"/>.</summary>
public sealed class PmfDaOptions : FactorOptions, IAdmittingOptions
{
    /// <summary>
    /// Standard deviation of the factors that users and items start with, 0 to 10; default 0.07. Raising it makes early predictions noisier and early
    /// learning faster; at 0 only biases are learned.
    /// </summary>
    [Range(0.0, 10.0)]
    public override double InitSigma { get; set; } = 0.07;

    /// <summary>
    /// How strongly factors are held to where they began, gamma, above 0, to 1e6; default 16. Raising it learns more slowly: an entity's n-th event counts for about
    /// 1 / (gamma sqrt(n)).
    /// </summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double Inertia { get; set; } = 16;

    /// <summary>l2 penalty on the factors, lambda, 0 to 1,000; default 0.01. Raising it pulls factors towards 0, the more the more events there are.</summary>
    [Range(0.0, 1000.0)]
    public double Regularization { get; set; } = 0.01;

    /// <summary>The same as <see cref="Inertia"/> for biases, above 0, to 1e6; default 5.5. Raising it learns more slowly.</summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double BiasInertia { get; set; } = 5.5;

    /// <summary>l2 penalty on the biases, 0 to 1,000; default 0.01. Raising it pulls biases towards 0.</summary>
    [Range(0.0, 1000.0)]
    public double BiasRegularization { get; set; } = 0.01;

    /// <summary>How users and items earn rows of their own; by default with their first event.</summary>
    public AdmissionOptions Admission { get; set; } = new();
}
