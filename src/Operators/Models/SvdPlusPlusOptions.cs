using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="SvdPlusPlus{T}"/>.</summary>
public sealed class SvdPlusPlusOptions : FactorOptions, IAdmittingOptions
{
    /// <summary>
    /// Standard deviation of the factors that users and items start with, 0 to 10; default 0.05. Raising it makes early predictions noisier and early
    /// learning faster; at 0 only biases are learned.
    /// </summary>
    [Range(0.0, 10.0)]
    public override double InitSigma { get; set; } = 0.05;

    /// <summary>Learning rate of the factors of users and items, 0 to 1; default 0.08. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 1.0)]
    public double LearningRate { get; set; } = 0.08;

    /// <summary>Learning rate of the factors of what a user rated, 0 to 1; default 0.01. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 1.0)]
    public double ImplicitLearningRate { get; set; } = 0.01;

    /// <summary>Learning rate of the biases, 0 to 1; default 0.05. Raising it follows each new value more closely.</summary>
    [Range(0.0, 1.0)]
    public double BiasLearningRate { get; set; } = 0.05;

    /// <summary>l2 penalty on the factors of users and items, 0 to 10; default 0.1. Raising it pulls factors towards 0.</summary>
    [Range(0.0, 10.0)]
    public double Regularization { get; set; } = 0.1;

    /// <summary>
    /// l2 penalty on the factors of what a user rated, 0 to 10; default 0.02. Raising it pulls factors towards 0, most those of items that eager users rated.
    /// </summary>
    [Range(0.0, 10.0)]
    public double ImplicitRegularization { get; set; } = 0.02;

    /// <summary>l2 penalty on the biases, 0 to 10; default 0.07. Raising it pulls biases towards 0, most where events are few.</summary>
    [Range(0.0, 10.0)]
    public double BiasRegularization { get; set; } = 0.07;

    /// <summary>
    /// Most items that a user is known to have rated, the newest, 1 to 65,536; default 30. Raising it knows more of an eager user, and each event of such a user costs so many rows.
    /// </summary>
    [Range(1, 1 << 16)]
    public int UserHistory { get; set; } = 30;

    /// <summary>
    /// Pairs of a user and an item rated that are kept in all, 1 to 2^30; default 4,194,304. Beyond it the oldest pair is forgotten. Raising it remembers longer, at 28 bytes a
    /// pair in use.
    /// </summary>
    [Range(1, 1 << 30)]
    public int Interactions { get; set; } = 1 << 22;

    /// <summary>How users and items earn rows of their own; by default with their first event.</summary>
    public AdmissionOptions Admission { get; set; } = new();
}
