using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Baseline"/>.</summary>
public sealed class BaselineOptions : RecommenderOptions
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
}
