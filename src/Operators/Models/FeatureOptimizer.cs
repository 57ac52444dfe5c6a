namespace Streaming.Operators.Models;

/// <summary>How a gradient becomes a step, coordinate by coordinate.</summary>
public enum FeatureOptimizer
{
    /// <summary>
    /// Rate x gradient / sqrt(1 + sum of squared gradients), l2 in the gradient (Duchi, Hazan, Singer 2011, "Adaptive subgradient methods for online learning
    /// and stochastic optimization", section 1.1).
    /// </summary>
    Adagrad,

    /// <summary>FTRL-Proximal (McMahan et al. 2013, "Ad click prediction: a view from the trenches", algorithm 1), with l1, which sets weak coordinates to 0, and l2.</summary>
    Ftrl,

    /// <summary>Rate x gradient, l2 in the gradient.</summary>
    Sgd,
}
