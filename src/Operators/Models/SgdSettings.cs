namespace Streaming.Operators.Models;

/// <summary>What <see cref="SgdFactorization{T}"/> is made of: rates and penalties as in River's optimizers, gradient 2(prediction - value).</summary>
internal readonly record struct SgdSettings(
    int Factors,
    bool MeanAndBiases,
    double LearningRate,
    double BiasLearningRate,
    double Regularization,
    double BiasRegularization,
    double GradientClip);
