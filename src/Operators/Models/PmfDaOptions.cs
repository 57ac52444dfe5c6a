using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="PmfDa{T}"/>.</summary>
public sealed class PmfDaOptions : FactorOptions
{
    /// <summary>
    /// How strongly factors are held to where they began, gamma, above 0, to 1e6; default 15. Raising it learns more slowly: an entity's n-th event counts for about
    /// 1 / (gamma sqrt(n)).
    /// </summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double Inertia { get; set; } = 15;

    /// <summary>l2 penalty on the factors, lambda, 0 to 1,000; default 1. Raising it pulls factors towards 0, the more the more events there are.</summary>
    [Range(0.0, 1000.0)]
    public double Regularization { get; set; } = 1;

    /// <summary>The same as <see cref="Inertia"/> for biases, above 0, to 1e6; default 6. Raising it learns more slowly.</summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double BiasInertia { get; set; } = 6;

    /// <summary>l2 penalty on the biases, 0 to 1,000; default 0.02. Raising it pulls biases towards 0.</summary>
    [Range(0.0, 1000.0)]
    public double BiasRegularization { get; set; } = 0.02;
}
