using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Nmf{T}"/>.</summary>
public sealed class NmfOptions : SgdOptions
{
    /// <summary>
    /// Standard deviation of the normal draws whose absolute values users and items start with, 0 to 10; default 0.03. Without biases, sqrt(rating / factors) is right. Raising it
    /// makes early predictions higher and early learning faster; at 0 no factor is learned.
    /// </summary>
    [Range(0.0, 10.0)]
    public override double InitSigma { get; set; } = 0.03;

    /// <summary>
    /// Whether mean and biases are part of the prediction, and may be negative; default true. Without them all of a rating is made of factors, which on film ratings is far
    /// worse.
    /// </summary>
    public bool Biases { get; set; } = true;

    /// <summary>Learning rate of the factors, 0 to 1; default 0.01. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 1.0)]
    public override double LearningRate { get; set; } = 0.01;

    /// <summary>Learning rate of the biases, 0 to 1; default 0.05. Raising it follows each new value more closely.</summary>
    [Range(0.0, 1.0)]
    public double BiasLearningRate { get; set; } = 0.05;

    /// <summary>l2 penalty on the factors, 0 to 10; default 0.1. Raising it pulls factors towards 0.</summary>
    [Range(0.0, 10.0)]
    public override double Regularization { get; set; } = 0.1;

    /// <summary>l2 penalty on the biases, 0 to 10; default 0.08. Raising it pulls biases towards 0, most where events are few.</summary>
    [Range(0.0, 10.0)]
    public double BiasRegularization { get; set; } = 0.08;
}
