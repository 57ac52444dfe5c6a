using System.Numerics;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Lets another thread read the rows of a table as they were at one moment, while the owner goes on changing them: rows lie in pages of about 4 KiB over
/// all columns, a freeze marks the pages, and the owner copies a page aside before it first changes it (copy on write).
/// </summary>
/// <remarks>
/// <para>Threads. The owner calls <see cref="Touch"/> before it changes a row, and <see cref="TryFreeze"/>. One reader calls <see cref="Copy"/>,
/// <see cref="Done"/> and <see cref="Release"/>. The reader copies a page from where it lies and looks afterwards whether it was copied aside meanwhile; if so,
/// it takes the copy. So the owner never waits for the reader, but for the moment in which all marks are taken away.</para>
/// <para>Cost. A byte load and a predicted branch for each row touched; the copy of a page the first time after a freeze; a byte a page to freeze; 9 bytes a
/// page always. What is copied aside is never more than what was frozen, and given back by <see cref="Release"/>.</para>
/// </remarks>
internal sealed unsafe class RowPages : IDisposable
{
    private const int PageBytes = 1 << 12;
    private const int ObjectBytes = 512;
    private const byte Frozen = 1;

    private readonly List<PageColumn> _columns = [];
    private readonly AsideMemory _memory = new();
    private readonly Lock _gate = new();
    private readonly NativeBuffer<byte> _states;
    private readonly NativeBuffer<nint> _aside;
    private readonly byte* _state;
    private readonly long _capacity;
    private readonly int _rowBytes;
    private readonly int _shift;
    private int _frozenPages;
    private volatile bool _isFrozen;

    /// <summary>Pages over at most <paramref name="capacity"/> rows of <paramref name="rowBytes"/> bytes in all columns.</summary>
    public RowPages(long capacity, int rowBytes)
    {
        (_capacity, _rowBytes, _shift) = (capacity, rowBytes, Shift(rowBytes));
        long pages = Pages(capacity, _shift);
        _states = new NativeBuffer<byte>(pages);
        _aside = new NativeBuffer<nint>(pages);
        _state = _states.Pointer;
    }

    /// <summary>Rows of a page, a power of two.</summary>
    public int RowsPerPage => 1 << _shift;

    /// <summary>Whether a freeze is not yet released.</summary>
    public bool IsFrozen => _isFrozen;

    /// <summary>Bytes copied aside and not yet given back.</summary>
    public long AsideBytes => _memory.Bytes;

    /// <summary>Bytes that pages over so many rows always take.</summary>
    public static long BytesFor(long capacity, int rowBytes) => ((sizeof(byte) + sizeof(long)) * Pages(capacity, Shift(rowBytes))) + ObjectBytes;

    /// <summary>Adds a column; the bytes of all columns are those of a row.</summary>
    public T Add<T>(T column)
        where T : PageColumn
    {
        column.Before = _columns.Count == 0 ? 0 : _columns[^1].Before + _columns[^1].RowBytes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(column.Before + column.RowBytes, _rowBytes);
        _columns.Add(column);
        return column;
    }

    /// <summary>To be called before a row changes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(int row)
    {
        if (Volatile.Read(ref _state[row >> _shift]) != 0) Thaw(row >> _shift);
    }

    /// <summary>Fixes rows 0 to <paramref name="rows"/> - 1 for the reader; false where the freeze before is not yet released. O(pages), a byte each.</summary>
    public bool TryFreeze(int rows)
    {
        if (_isFrozen) return false;
        _frozenPages = (int)Pages(rows, _shift);
        new Span<byte>(_state, _frozenPages).Fill(Frozen);
        _isFrozen = true;
        return true;
    }

    /// <summary>Copies rows of one column, all of one page: as they were frozen, or as they are.</summary>
    public void Copy(PageColumn column, int row, int count, bool frozen, byte* to)
    {
        int page = row >> _shift;
        nint copy = frozen ? Volatile.Read(ref _aside[page]) : 0;
        if (copy == 0)
        {
            column.Copy(row, count, to);
            if (!frozen) return;
            Interlocked.MemoryBarrier(); // what was read was read before what follows is
            copy = Volatile.Read(ref _aside[page]);
            if (copy == 0) return;
        }

        byte* first = (byte*)copy + ((long)column.Before << _shift) + ((long)(row & (RowsPerPage - 1)) * column.RowBytes);
        Buffer.MemoryCopy(first, to, (long)count * column.RowBytes, (long)count * column.RowBytes);
    }

    /// <summary>The reader needs no further column of the page of <paramref name="row"/>: the owner need not copy it any more.</summary>
    public void Done(int row) => Volatile.Write(ref _state[row >> _shift], 0);

    /// <summary>Writes the rows of a column one after the other.</summary>
    public void Write(ref StateWriter writer, PageColumn column, int rows, bool frozen)
    {
        using NativeBuffer<byte> page = new((long)RowsPerPage * column.RowBytes);
        for (int row = 0; row < rows; row += RowsPerPage)
        {
            int count = Math.Min(RowsPerPage, rows - row);
            Copy(column, row, count, frozen, page.Pointer);
            writer.WriteRaw<byte>(page.AsSpan(0, count * column.RowBytes));
        }
    }

    /// <summary>Ends the freeze, read or not.</summary>
    public void Release()
    {
        lock (_gate)
        {
            new Span<byte>(_state, _frozenPages).Clear();
            _aside.AsSpan(0, _frozenPages).Clear();
        }

        // Nothing is frozen any more, so that the owner takes no memory and need not wait while the operating system takes it back.
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

    private static int Shift(int rowBytes) => BitOperations.Log2((uint)Math.Max(1, PageBytes / Math.Max(1, rowBytes)));

    private static long Pages(long rows, int shift) => (rows + (1L << shift) - 1) >> shift;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Thaw(int page)
    {
        lock (_gate)
        {
            if (_state[page] == 0) return;
            byte* copy = _memory.Take((long)_rowBytes << _shift);
            int row = page << _shift, count = (int)Math.Min(RowsPerPage, _capacity - row);
            foreach (PageColumn column in _columns) column.Copy(row, count, copy + ((long)column.Before << _shift));
            Volatile.Write(ref _aside[page], (nint)copy);
            Volatile.Write(ref _state[page], 0);
            Interlocked.MemoryBarrier(); // who sees what the owner writes from here on sees that there is a copy
        }
    }
}
