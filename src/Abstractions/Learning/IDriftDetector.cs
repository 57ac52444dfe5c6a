using Streaming.Abstractions.State;

namespace Streaming.Abstractions.Learning;

/// <summary>What a detector says after a value.</summary>
public enum DriftSignal
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The stream may be about to change.</summary>
    Warning = 1,

    /// <summary>The stream has changed.</summary>
    Drift = 2,
}

/// <summary>Watches one stream of numbers and says when it changes.</summary>
/// <remarks>One caller at a time. Memory and time per value are stated by each detector.</remarks>
public interface IDriftDetector : IStateful
{
    /// <summary>Takes one finite value. What happens to the detector's own state after a drift is the variant's business.</summary>
    DriftSignal Update(double value);

    /// <summary>Forgets everything.</summary>
    void Reset();
}
