namespace Streaming.Operators.Models.Refits;

/// <summary>The least squares problem whose gradient a model steps along: w (target - bias - bias - p.q)^2 plus the penalties, for each event.</summary>
/// <param name="Biases">Whether there are biases.</param>
/// <param name="Penalty">What the square of a factor counts.</param>
/// <param name="BiasPenalty">What the square of a bias counts.</param>
internal readonly record struct RefitShape(bool Biases, double Penalty, double BiasPenalty);
