using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Neighbourhood"/>.</summary>
public sealed class NeighbourhoodOptions : RecommenderOptions
{
    /// <summary>Items that an item keeps weights towards, 1 to 10,000; default 100. Raising it knows weaker ties, and takes 24 bytes for each item there is room for.</summary>
    [Range(1, 10_000)]
    public int Neighbours { get; set; } = 100;

    /// <summary>Most ratings of a user that count, the newest, 1 to 65,536; default 30. Raising it knows more of an eager user, and costs time in proportion.</summary>
    [Range(1, 1 << 16)]
    public int UserHistory { get; set; } = 30;

    /// <summary>Learning rate of the weights of ratings, 0 to 1; default 0.01. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 1.0)]
    public double LearningRate { get; set; } = 0.01;

    /// <summary>Learning rate of the weights of having rated, 0 to 1; default 0.01. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 1.0)]
    public double ImplicitLearningRate { get; set; } = 0.01;

    /// <summary>Learning rate of the biases, 0 to 1; default 0.05. Raising it follows each new value more closely.</summary>
    [Range(0.0, 1.0)]
    public double BiasLearningRate { get; set; } = 0.05;

    /// <summary>l2 penalty on the weights of ratings, 0 to 10; default 0.02. Raising it pulls weights towards 0.</summary>
    [Range(0.0, 10.0)]
    public double Regularization { get; set; } = 0.02;

    /// <summary>l2 penalty on the weights of having rated, 0 to 10; default 0.02. Raising it pulls weights towards 0.</summary>
    [Range(0.0, 10.0)]
    public double ImplicitRegularization { get; set; } = 0.02;

    /// <summary>l2 penalty on the biases, 0 to 10; default 0.07. Raising it pulls biases towards 0, most where events are few.</summary>
    [Range(0.0, 10.0)]
    public double BiasRegularization { get; set; } = 0.07;

    /// <summary>Largest absolute gradient of the loss, above 0; default 1e12. Lowering it bounds what one event can do.</summary>
    [Range(0.0, 1e300, MinimumIsExclusive = true)]
    public double GradientClip { get; set; } = 1e12;
}
