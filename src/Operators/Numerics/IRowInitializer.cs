namespace Streaming.Operators.Numerics;

/// <summary>Gives an entity the row it starts with: a function of the entity alone, never of when or where it first comes.</summary>
/// <remarks>Safe from any thread.</remarks>
public interface IRowInitializer<T>
    where T : unmanaged
{
    /// <summary>Names the function, parameters included: restored state must come from the same.</summary>
    string Description { get; }

    /// <summary>Fills <paramref name="row"/> (the factors, padding left out) for the entity <paramref name="key"/>.</summary>
    void Fill(ulong key, Span<T> row);
}
