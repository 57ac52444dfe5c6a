namespace Streaming.Abstractions.Stages;

/// <summary>
/// A part that keeps something of single users, and can erase it. A stage or sink is asked right after the batch that ends with the tombstone, on the thread
/// that does its work, so that the erasure has its place in the stream and a replay repeats it.
/// </summary>
/// <remarks>
/// What is kept only as a sum over many users (a sketch, an item's factors, a window's mean) stays: nothing of one user can be told from it, or taken out of it.
/// </remarks>
public interface IForgetful
{
    /// <summary>Erases what is kept of the user: rows, histories, windows by user. The next snapshot has nothing of it. Does nothing where the user is unknown.</summary>
    /// <param name="user">The user's key.</param>
    void Forget(ulong user);
}
