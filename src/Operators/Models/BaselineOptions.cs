using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Baseline"/>.</summary>
public sealed class BaselineOptions : RecommenderOptions, IAdmittingOptions
{
    /// <summary>Learning rate of the biases, 0 to 1; default 0.025. Raising it follows each new value more closely.</summary>
    [Range(0.0, 1.0)]
    public double LearningRate { get; set; } = 0.025;

    /// <summary>l2 penalty on the biases, 0 to 10; default 0. Raising it pulls biases towards 0, most where events are few.</summary>
    [Range(0.0, 10.0)]
    public double Regularization { get; set; }

    /// <summary>Largest absolute gradient of the loss, above 0; default 1e12. Lowering it bounds what one event can do.</summary>
    [Range(0.0, 1e300, MinimumIsExclusive = true)]
    public double GradientClip { get; set; } = 1e12;

    /// <summary>How learning rates change with the events of a user or an item; default <see cref="RateSchedule.Constant"/>, which never forgets to follow what changes.</summary>
    public RateSchedule Schedule { get; set; } = RateSchedule.Constant;

    /// <summary>
    /// With <see cref="RateSchedule.InverseTime"/> and <see cref="RateSchedule.InverseSqrt"/>, how fast rates fall with events, 0 to 1,000; default 0.1: after ten events the rate
    /// is half of what it was, or 0.7 of it. Raising it trusts sooner what is known.
    /// </summary>
    [Range(0.0, 1000.0)]
    public double Decay { get; set; } = 0.1;

    /// <summary>
    /// Days for which an item has a further bias of its own, 0.00000001 to 36,525, or 0 for none; default 0. Lowering it follows fashions, and leaves fewer events to learn
    /// each bias from. It learns as the item's bias does.
    /// </summary>
    [Range(0.0, 36_525.0)]
    public double TimeBucketDays { get; set; }

    /// <summary>
    /// Of how many such times an item keeps its bias, the newest in which it came, 1 to 4,096; default 8. Raising it lets late events find theirs, at 16 bytes an item and time.
    /// </summary>
    [Range(1, 4096)]
    public int TimeBuckets { get; set; } = 8;

    /// <summary>How users and items earn rows of their own; by default with their first event.</summary>
    public AdmissionOptions Admission { get; set; } = new();
}
