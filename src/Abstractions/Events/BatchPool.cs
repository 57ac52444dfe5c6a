using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Streaming.Abstractions.Events;

/// <summary>
/// A fixed number of batches of one shape. Renting waits when all are out, which is the graph's back-pressure: memory is bounded by
/// <see cref="Size"/> batches whatever the speeds. Renting allocates nothing; a wait takes one small object. Safe from any thread, for any number of renters.
/// </summary>
public sealed class BatchPool : IDisposable
{
    private readonly EventBatch?[] _batches;
    private readonly int[] _generations;
    private readonly int[] _holders;
    private readonly Channel<int> _free = Channel.CreateUnbounded<int>(); // never more than Size
    private readonly Lock _gate = new();
    private readonly int _capacity;
    private readonly int _doubleColumns;
    private readonly int _intColumns;
    private readonly int _listColumns;
    private int _rented;

    /// <summary>A pool of <paramref name="size"/> batches; each is allocated when it is first needed.</summary>
    /// <param name="size">Number of batches, at least 1.</param>
    /// <param name="capacity">Events per batch, at least 1.</param>
    /// <param name="doubleColumns">Columns of <see cref="double"/>.</param>
    /// <param name="intColumns">Columns of <see cref="int"/>.</param>
    /// <param name="listColumns">Columns of lists.</param>
    public BatchPool(int size, int capacity, int doubleColumns, int intColumns, int listColumns = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _batches = new EventBatch?[size];
        _generations = new int[size];
        _holders = new int[size];
        (_capacity, _doubleColumns, _intColumns, _listColumns) = (capacity, doubleColumns, intColumns, listColumns);
        for (int i = 0; i < size; i++) _free.Writer.TryWrite(i);
    }

    /// <summary>Batches in the pool, rented or not.</summary>
    public int Size => _batches.Length;

    /// <summary>Events per batch.</summary>
    public int BatchCapacity => _capacity;

    /// <summary>Batches out at the moment: 0 when a pipeline has ended well.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>Rents an empty batch; waits while none is free.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled while waiting.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<BatchLease> RentAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Lease(_free.Reader.TryRead(out int slot) ? slot : await _free.Reader.ReadAsync(ct));
    }

    /// <summary>Rents an empty batch, blocking while none is free: for tests and tools.</summary>
    public BatchLease Rent(CancellationToken ct = default) => RentAsync(ct).AsTask().GetAwaiter().GetResult();

    /// <summary>No further batch is rented; those that are out can still be used and given back.</summary>
    public void Dispose() => _free.Writer.TryComplete();

    internal EventBatch Get(int slot, int generation)
    {
        int current = Volatile.Read(ref _generations[slot]);
        return current == generation ? _batches[slot]! : throw new StaleLeaseException(slot, generation, current);
    }

    internal void Retain(int slot, int generation, int holders)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(holders);
        lock (_gate)
        {
            _ = Get(slot, generation);
            _holders[slot] += holders;
        }
    }

    internal void Release(int slot, int generation)
    {
        lock (_gate)
        {
            EventBatch batch = Get(slot, generation);
            if (--_holders[slot] > 0) return;
            _generations[slot]++;
            batch.Reset();
            _rented--;
        }

        _free.Writer.TryWrite(slot);
    }

    private BatchLease Lease(int slot)
    {
        lock (_gate)
        {
            _batches[slot] ??= new EventBatch(_capacity, _doubleColumns, _intColumns, _listColumns);
            _holders[slot] = 1;
            _rented++;
            return new BatchLease(this, slot, _generations[slot]);
        }
    }
}
