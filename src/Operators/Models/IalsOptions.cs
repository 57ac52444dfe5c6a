using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Ials{T}"/>. The defaults were tuned on two logs of films (docs/benchmarks.md).</summary>
public sealed class IalsOptions : AlternatingOptions
{
    /// <summary>Confidence that each meeting adds to that of a pair that was never met, which is 1; 0 to 1,000,000; default 1. Raising it fits what was met more closely.</summary>
    [Range(0.0, 1e6)]
    public double Alpha { get; set; } = 1;

    /// <summary>
    /// l2 penalty on the factors, above 0 to 1,000,000; default 10. Raising it pulls factors towards 0. It cannot be 0: the equations of an entity that has met
    /// fewer others than there are factors would have no unique solution.
    /// </summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double Regularization { get; set; } = 10;
}
