using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="FunkMf{T}"/>.</summary>
public sealed class FunkMfOptions : SgdOptions, IValidatableOptions
{
    /// <summary>
    /// Learning rate of the factors, 0 to 1; default 0.02. Raising it learns faster and, past a point that falls with the size of the values (0.05 for
    /// values of 10), not at all; River's 0.1 suits a handful of ratings.
    /// </summary>
    [Range(0.0, 1.0)]
    public override double LearningRate { get; set; } = 0.02;

    /// <summary>l2 penalty on the factors, 0 to 10; default 0. Raising it pulls factors towards 0.</summary>
    [Range(0.0, 10.0)]
    public override double Regularization { get; set; }

    /// <summary>Fits it anew, beside it, to what it learned lately; off by default.</summary>
    public RefitOptions Refit { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (Refit.Every > 0 && !(Schedule == RateSchedule.Constant)) yield return ("Refit:Every", FormattableString.Invariant($"found {Refit.Every}, and only a model with constant rates can be fitted anew; 0 is allowed here"));
        if (Refit.Every > 0 && Precision != RowPrecision.Single) yield return (nameof(Precision), "is 16 bits, and only a model with rows in single precision can be fitted anew (Refit:Every)");
    }
}
