namespace Streaming.Operators.Models;

/// <summary>How far a passive-aggressive learner goes for one event (Crammer et al. 2006, "Online passive-aggressive algorithms", sections 3 and 5).</summary>
public enum PassiveAggressiveVariant
{
    /// <summary>PA: as far as it takes to be right within the tolerance. C does not matter, nor does importance.</summary>
    Pa,

    /// <summary>PA-I: the same, but never further than C.</summary>
    PaI,

    /// <summary>PA-II: the further, the larger the C: what is left of the loss is paid for by its square.</summary>
    PaIi,
}
