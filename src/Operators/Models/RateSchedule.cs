namespace Streaming.Operators.Models;

/// <summary>How the learning rates of an entity change with its events.</summary>
public enum RateSchedule
{
    /// <summary>They do not.</summary>
    Constant,

    /// <summary>rate / (1 + decay n), n events of the entity before this one (Robbins, Monro 1951, "A stochastic approximation method").</summary>
    InverseTime,

    /// <summary>rate / sqrt(1 + decay n) (Zinkevich 2003, "Online convex programming and generalized infinitesimal gradient ascent", section 2).</summary>
    InverseSqrt,

    /// <summary>
    /// rate / sqrt(G + 1e-8), G the sum of squared gradients of the entity, this one's too: one sum for its factors, of their mean square, and one for its bias (Duchi, Hazan,
    /// Singer 2011, "Adaptive subgradient methods for online learning and stochastic optimization", figure 1, by row instead of by element).
    /// </summary>
    Adagrad,
}
