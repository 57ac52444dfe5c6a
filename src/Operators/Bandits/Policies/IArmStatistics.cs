using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>What a policy keeps of one arm; the default value is an arm that was never pulled.</summary>
internal interface IArmStatistics
{
    /// <summary>Writes the state.</summary>
    void Save(ref StateWriter writer);

    /// <summary>Becomes what was saved.</summary>
    void Restore(ref StateReader reader);
}
