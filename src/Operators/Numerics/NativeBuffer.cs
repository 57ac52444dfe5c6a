using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Zeroed native memory of a fixed length, aligned to 64 bytes. The whole length is reserved at once and committed by the operating system when it is first
/// touched, so that a large capacity costs nothing until it is used.
/// </summary>
/// <remarks>
/// Whoever works with a pointer into the buffer keeps the owner alive meanwhile (<see cref="GC.KeepAlive"/>); after <see cref="Dispose"/> pointers are
/// void. One caller at a time.
/// </remarks>
public sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Alignment = 64;
    private readonly Block _block;

    /// <summary>Reserves <paramref name="length"/> elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The address space does not hold them.</exception>
    public NativeBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        // calloc of a large block maps fresh zero pages; aligned_alloc and a clear would touch, and so commit, all of them.
        nuint start = Reserve(checked((nuint)(length * sizeof(T)) + Alignment));
        _block = new Block((nint)start);
        Pointer = (T*)((start + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>The first element.</summary>
    public T* Pointer { get; private set; }

    /// <summary>The element at <paramref name="index"/>, unchecked.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Pointer[index];
    }

    /// <summary>Elements from <paramref name="start"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie in the buffer.</exception>
    public Span<T> AsSpan(long start, int length)
    {
        ObjectDisposedException.ThrowIf(_block.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, Length);
        return new Span<T>(Pointer + start, length);
    }

    /// <summary>
    /// Gives the memory of elements that are no longer needed back to the operating system, where that is Linux; those on a page with others stay. What is discarded, and used all
    /// the same, is zero or what it was. O(bytes).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie in the buffer.</exception>
    public void Discard(long start, int length)
    {
        _ = AsSpan(start, length);
        if (!OperatingSystem.IsLinux()) return;
        nuint page = (nuint)Environment.SystemPageSize, first = ((nuint)(Pointer + start) + page - 1) & ~(page - 1), end = (nuint)(Pointer + start + length) & ~(page - 1);
        if (end > first) _ = MemoryAdvice.DontNeed(first, end - first); // it may be refused: then the memory stays until the buffer goes
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pointer = null;
        _block.Dispose();
    }

    private static nuint Reserve(nuint bytes)
    {
        try
        {
            return (nuint)NativeMemory.AllocZeroed(bytes);
        }
        catch (OutOfMemoryException e)
        {
            throw new OutOfMemoryException($"{bytes} bytes cannot be reserved at once: more than this machine has. Lower the capacity or the number of factors.", e);
        }
    }

    /// <summary>Owns the allocation, and frees it also where the buffer was not disposed of.</summary>
    private sealed class Block : SafeHandle
    {
        public Block(nint allocation)
            : base(0, ownsHandle: true) => SetHandle(allocation);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            NativeMemory.Free((void*)handle);
            return true;
        }
    }
}
