using System.Buffers;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Lets another thread write the state of slots as it was at one moment, while the owner goes on changing them: for what is not rows of memory, which
/// <see cref="RowPages"/> are for. A freeze marks the slots, and the owner has the state of a slot written aside before it first changes it.
/// </summary>
/// <remarks>
/// Threads. The owner calls <see cref="Touch"/> before it changes a slot, and <see cref="TryFreeze"/>. One reader calls <see cref="Write"/> and
/// <see cref="Release"/>. Either waits while the other has a slot written: one slot at most. Cost: a byte load and a predicted branch for each slot touched; the
/// state of a slot the first time after a freeze; a byte a slot to freeze; 9 bytes a slot once frozen. What is written aside is given back by
/// <see cref="Release"/>.
/// </remarks>
/// <param name="owner">Writes the state of a slot.</param>
/// <param name="capacity">Most slots.</param>
internal sealed unsafe class FrozenSlots(ISlotState owner, int capacity) : IDisposable
{
    private const int LargestKept = 1 << 20;

    private readonly NativeBuffer<byte> _states = new(capacity);
    private readonly NativeBuffer<nint> _aside = new(capacity); // bytes:i32 after:i32 state
    private readonly AsideMemory _memory = new();
    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _changing = new();
    private ArrayBufferWriter<byte> _reading = new();
    private int _frozen;
    private volatile bool _isFrozen;

    /// <summary>Whether a freeze is not yet released.</summary>
    public bool IsFrozen => _isFrozen;

    /// <summary>Bytes that so many slots take.</summary>
    public static long BytesFor(int capacity) => (sizeof(byte) + sizeof(long)) * (long)capacity;

    /// <summary>To be called before a slot changes, or what comes after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(int slot)
    {
        if (Volatile.Read(ref _states[slot]) != 0) Thaw(slot);
    }

    /// <summary>Fixes slots 0 to <paramref name="slots"/> - 1 for the reader; false where the freeze before is not yet released. O(slots), a byte each.</summary>
    public bool TryFreeze(int slots)
    {
        if (_isFrozen) return false;
        _frozen = slots;
        _states.AsSpan(0, slots).Fill(1);
        _isFrozen = true;
        return true;
    }

    /// <summary>Writes the state of a slot as it was frozen, once; or as it is. Returns the slot after it.</summary>
    public int Write(int slot, ref StateWriter writer, bool frozen)
    {
        if (!frozen)
        {
            owner.SaveSlot(slot, ref writer);
            return owner.After(slot);
        }

        byte* aside;
        int after = 0;
        lock (_gate)
        {
            aside = (byte*)_aside[slot];
            if (aside == null)
            {
                after = Save(slot, ref _reading);
                Volatile.Write(ref _states[slot], 0);
            }
        }

        // The output may be a disk: nobody waits for it.
        writer.WriteRaw(aside == null ? _reading.WrittenSpan : new ReadOnlySpan<byte>(aside + (2 * sizeof(int)), ((int*)aside)[0]));
        return aside == null ? after : ((int*)aside)[1];
    }

    /// <summary>Ends the freeze, read or not.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _states.AsSpan(0, _frozen).Clear();
            _aside.AsSpan(0, _frozen).Clear();
        }

        // Nothing is frozen any more: the owner takes no memory.
        _memory.Free();
        _isFrozen = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _states.Dispose();
        _aside.Dispose();
        _memory.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Thaw(int slot)
    {
        lock (_gate)
        {
            if (_states[slot] == 0) return;
            int after = Save(slot, ref _changing);
            ReadOnlySpan<byte> state = _changing.WrittenSpan;
            int* aside = (int*)_memory.Take((2 * sizeof(int)) + state.Length);
            (aside[0], aside[1]) = (state.Length, after);
            state.CopyTo(new Span<byte>(aside + 2, state.Length));
            _aside[slot] = (nint)aside;
            Volatile.Write(ref _states[slot], 0);
        }
    }

    private int Save(int slot, ref ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity > LargestKept) buffer = new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        StateWriter writer = new(buffer);
        owner.SaveSlot(slot, ref writer);
        return owner.After(slot);
    }
}
