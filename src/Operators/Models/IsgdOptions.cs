using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Isgd{T}"/>, and of what is made of it.</summary>
public class IsgdOptions : FactorOptions, IAdmittingOptions, IValidatableOptions
{
    /// <summary>Learning rate, 0 to 1; default 0.01. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 1.0)]
    public double LearningRate { get; set; } = 0.01;

    /// <summary>l2 penalty on the factors, 0 to 10; default 0.1. Raising it pulls factors towards 0.</summary>
    [Range(0.0, 10.0)]
    public double Regularization { get; set; } = 0.1;

    /// <summary>Steps on each event, 1 to 1,000; default 10. Raising it follows each event more closely, at a cost in time that is proportional.</summary>
    [Range(1, 1000)]
    public int Iterations { get; set; } = 10;

    /// <summary>What items are ordered by; default <see cref="IsgdRanking.Distance"/>.</summary>
    public IsgdRanking Ranking { get; set; } = IsgdRanking.Distance;

    /// <summary>Fits it anew, beside it, to what it learned lately; off by default. Its loss knows only what was met: what wins by it may rank worse.</summary>
    public RefitOptions Refit { get; set; } = new();

    /// <summary>
    /// How factors are kept between two events: <c>single</c> (default), or <c>half</c> or <c>bfloat16</c> in half the memory, rounded up or down by chance each time, which costs time and some accuracy.
    /// </summary>
    public RowPrecision Precision { get; set; }

    /// <summary>How users and items earn rows of their own; by default with their first event.</summary>
    public AdmissionOptions Admission { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (Refit.Every > 0 && Precision != RowPrecision.Single) yield return (nameof(Precision), "is 16 bits, and only a model with rows in single precision can be fitted anew (Refit:Every)");
    }
}

/// <summary>What <see cref="Isgd{T}"/> orders items by.</summary>
public enum IsgdRanking
{
    /// <summary>-|1 - p.q|: how near the product is to the target, as in the reference implementation.</summary>
    Distance,

    /// <summary>p.q: the larger the better.</summary>
    Dot,
}
