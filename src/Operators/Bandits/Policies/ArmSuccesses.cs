using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>Successes and failures of an arm, each a weight that is not negative.</summary>
internal struct ArmSuccesses : IArmStatistics
{
    /// <summary>Successes.</summary>
    public double Successes;

    /// <summary>Failures.</summary>
    public double Failures;

    /// <inheritdoc/>
    public readonly void Save(ref StateWriter writer)
    {
        writer.Write(Successes);
        writer.Write(Failures);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        (Successes, Failures) = (reader.ReadFinite(), reader.ReadFinite());
        if (Successes < 0 || Failures < 0) throw new StateMismatchException($"The snapshot has an arm with {Successes} successes and {Failures} failures.");
    }
}
