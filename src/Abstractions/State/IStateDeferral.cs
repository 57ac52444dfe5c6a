namespace Streaming.Abstractions.State;

/// <summary>What an output of <see cref="StateWriter"/> also is if it can take a large part of the state later, in its place.</summary>
public interface IStateDeferral
{
    /// <summary>Freezes <paramref name="part"/> and takes it over until it is released; false if it is to be written now.</summary>
    bool TryDefer(ILargeState part);
}
