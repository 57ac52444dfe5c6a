using System.ComponentModel.DataAnnotations;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Options of every learner that takes one gradient step an event on the factors of a user and an item.</summary>
public abstract class SgdOptions : FactorOptions, IAdmittingOptions
{
    private protected SgdOptions()
    {
    }

    /// <summary>Learning rate of the factors, 0 to 1.</summary>
    public abstract double LearningRate { get; set; }

    /// <summary>l2 penalty on the factors, 0 to 10.</summary>
    public abstract double Regularization { get; set; }

    /// <summary>How learning rates change with the events of a user or an item; default <see cref="RateSchedule.Constant"/>, which never forgets to follow what changes.</summary>
    public RateSchedule Schedule { get; set; } = RateSchedule.Constant;

    /// <summary>
    /// With <see cref="RateSchedule.InverseTime"/> and <see cref="RateSchedule.InverseSqrt"/>, how fast rates fall with events, 0 to 1,000; default 0.1: after ten events the rate
    /// is half of what it was, or 0.7 of it. Raising it trusts sooner what is known.
    /// </summary>
    [Range(0.0, 1000.0)]
    public double Decay { get; set; } = 0.1;

    /// <summary>
    /// How factors are kept between two events: <c>single</c> (default), or <c>half</c> or <c>bfloat16</c> in half the memory, rounded up or down by chance each time, which costs time and some accuracy.
    /// </summary>
    public RowPrecision Precision { get; set; }

    /// <summary>How users and items earn rows of their own; by default with their first event.</summary>
    public AdmissionOptions Admission { get; set; } = new();
}
