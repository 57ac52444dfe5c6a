namespace Streaming.Abstractions.Events;

/// <summary>
/// The right to use a batch: what travels between blocks. Passing it on gives it away. Holding one after it was released is an error that is
/// noticed: each time a batch returns to the pool its generation changes, and a stale lease throws.
/// </summary>
public readonly struct BatchLease : IEquatable<BatchLease>
{
    private readonly BatchPool _pool;
    private readonly int _slot;
    private readonly int _generation;

    internal BatchLease(BatchPool pool, int slot, int generation) => (_pool, _slot, _generation) = (pool, slot, generation);

    /// <summary>The batch, while the lease is held.</summary>
    /// <exception cref="StaleLeaseException">The lease was released.</exception>
    public EventBatch Batch => _pool.Get(_slot, _generation);

    /// <summary>Adds <paramref name="holders"/> holders, one for each further branch the lease is given to.</summary>
    public void Retain(int holders) => _pool.Retain(_slot, _generation, holders);

    /// <summary>Gives one holder's right back; the last release returns the batch to the pool.</summary>
    public void Release() => _pool.Release(_slot, _generation);

    /// <inheritdoc/>
    public bool Equals(BatchLease other) => ReferenceEquals(_pool, other._pool) && _slot == other._slot && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BatchLease other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (_slot * 397) ^ _generation;

    /// <summary>Same batch in the same generation.</summary>
    public static bool operator ==(BatchLease left, BatchLease right) => left.Equals(right);

    /// <summary>Another batch, or another generation of it.</summary>
    public static bool operator !=(BatchLease left, BatchLease right) => !left.Equals(right);
}
