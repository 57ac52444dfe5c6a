using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Rows of factors, and a bias each, for the entities that came: capacity x stride, row-major, aligned to 64 bytes, padded with zeros to whole blocks
/// of <see cref="FactorKernel{T}.Lanes"/>. A new entity starts with the row its <see cref="IRowInitializer{T}"/> gives it and bias 0.
/// </summary>
/// <remarks>
/// Rows may be kept in 16 bits (<see cref="RowPrecision"/>): half the memory, and two conversions an event.
/// Memory is reserved for the capacity and committed as rows are used; at capacity <see cref="EntityTable"/> decides who goes.
/// One caller at a time; rows and biases change only in <see cref="Free"/>, after <see cref="Touch"/>, and after <see cref="FindOrAdd"/> until its next call. State: shape, the entities, resets, and by row the
/// factors and the bias; beyond shape and resets another thread may write it (<see cref="ILargeState"/>).
/// </remarks>
public sealed unsafe class EmbeddingTable<T> : ILargeState, IFactorRows, IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int CacheLine = 64;

    private readonly IRowInitializer<T> _initializer;
    private readonly NativeBuffer<T> _rows; // one row only where rows are packed: the one at work
    private readonly NativeBuffer<ushort>? _packed;
    private readonly RowPrecision _precision;
    private readonly NativeBuffer<double> _biases;
    private readonly MemoryColumn _rowColumn;
    private readonly MemoryColumn _biasColumn;
    private T* _first;
    private double* _firstBias;
    private int _open = -1;
    private int _changing = -1;
    private long _packs;

    /// <summary>A table for at most <paramref name="capacity"/> entities of <paramref name="factors"/> factors (0: biases alone).</summary>
    /// <param name="capacity">Most entities held.</param>
    /// <param name="factors">Factors of a row.</param>
    /// <param name="initializer">Gives a new entity its row.</param>
    /// <param name="numbersArrivals">Whether anybody asks for arrival numbers.</param>
    /// <param name="precision">How rows are kept. In 16 bits one row is at work at a time: <see cref="Row"/> ends the use of the pointer that it gave before, and <see cref="Close"/> what was written.</param>
    public EmbeddingTable(int capacity, int factors, IRowInitializer<T> initializer, bool numbersArrivals = true, RowPrecision precision = RowPrecision.Single)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(factors);
        Factors = factors;
        Stride = FactorKernel<T>.Stride(factors);
        _precision = precision;
        Entities = new EntityTable(capacity, RowBytes(factors, precision), numbersArrivals);
        _initializer = initializer;
        if (precision != RowPrecision.Single) _packed = new NativeBuffer<ushort>((long)capacity * Stride);
        _rows = new NativeBuffer<T>(_packed is null ? (long)capacity * Stride : Stride);
        _biases = new NativeBuffer<double>(capacity);
        _first = _rows.Pointer;
        _firstBias = _biases.Pointer;
        _rowColumn = Entities.Pages.Add(_packed is null ? new MemoryColumn(_first, Stride * sizeof(T)) : new MemoryColumn(_packed.Pointer, Stride * sizeof(ushort)));
        _biasColumn = Entities.Pages.Add(new MemoryColumn(_firstBias, sizeof(double)));
    }

    /// <summary>Who has which row.</summary>
    public EntityTable Entities { get; }

    /// <summary>Factors of a row.</summary>
    public int Factors { get; }

    /// <summary>Elements from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>
    /// Called with a row that is about to be erased, or given to another entity, while it is still what it was; <see cref="Reset"/> does not count.
    /// </summary>
    internal Action<int>? Leaving { get; set; }

    /// <summary>Called with a row that an entity was just given.</summary>
    internal Action<int>? Arrived { get; set; }

    /// <summary>Rows set back to their initial values because they were no longer sound (not finite, or too large).</summary>
    public long Resets { get; private set; }

    /// <summary>Most bytes of a table of this shape.</summary>
    public static long BytesFor(int capacity, int factors, bool numbersArrivals = true, RowPrecision precision = RowPrecision.Single) =>
        EntityTable.BytesFor(capacity, RowBytes(factors, precision), numbersArrivals) + ((long)capacity * RowBytes(factors, precision));

    /// <inheritdoc/>
    public long Bytes => Entities.Bytes + ((long)Entities.Count * RowBytes(Factors, _precision));

    /// <summary>The first element of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Row(int row) => _packed is null ? _first + ((long)row * Stride) : Open(row);

    /// <summary>The bias of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref double Bias(int row) => ref _firstBias[row];

    /// <summary>Whether rows are kept in 16 bits.</summary>
    public bool IsPacked => _packed is not null;

    /// <summary>Packs the row at work, if it may have changed. To be called at the end of each event: what is saved, and what is read next, is what was packed.</summary>
    public void Close()
    {
        if (_open < 0) return;
        if (_open == _changing) RowPacker.Pack(_first, _packed!.Pointer + ((long)_open * Stride), Stride, _precision, unchecked((ulong)_packs++));
        (_open, _changing) = (-1, -1);
    }

    int IFactorRows.Count => Entities.Count;

    int IFactorRows.FactorBytes => sizeof(T);

    ulong IFactorRows.Key(int row) => Entities.Key(row);

    double IFactorRows.BiasOf(int row) => Bias(row);

    void IFactorRows.Copy(int row, Span<double> factors)
    {
        for (int i = 0; i < Factors; i++) factors[i] = double.CreateTruncating(Row(row)[i]);
    }

    /// <summary>The row of <paramref name="key"/>, a fresh one if it has none; see <see cref="EntityTable.FindOrAdd"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindOrAdd(ulong key, out Admission admission)
    {
        int row = Entities.FindOrAdd(key, out admission);
        if (_packed is not null) Change(row);
        if (admission != Admission.Known) Admit(row, admission);
        return row;
    }

    /// <summary>To be called before a row or bias changes that the last <see cref="FindOrAdd"/> did not give.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Touch(int row)
    {
        Entities.Pages.Touch(row);
        if (_packed is not null) Change(row);
    }

    /// <summary>
    /// Has rows and biases read and changed elsewhere, in the same places and of the same stride, until <see cref="ShowOwn"/>: whoever keeps them there also saves them. Entities come and go only while the table's own
    /// are shown, and those are saved in any case.
    /// </summary>
    internal void Show(T* rows, double* biases)
    {
        _first = rows;
        _firstBias = biases;
    }

    /// <summary>Has the table's own rows and biases read and changed.</summary>
    internal void ShowOwn() => Show(_rows.Pointer, _biases.Pointer);

    /// <summary>Asks the memory for the row and bias of <paramref name="key"/>, if it has one, without waiting for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong key)
    {
        if (!Sse.IsSupported) return;
        int row = Entities.Find(key);
        if (row < 0) return;
        int length = Stride * (_packed is null ? sizeof(T) : sizeof(ushort));
        byte* first = (_packed is null ? (byte*)_first : (byte*)_packed.Pointer) + ((long)row * length), end = first + length;
        for (byte* line = first; line < end; line += CacheLine) Sse.Prefetch0(line);
        Sse.Prefetch0(_firstBias + row);
    }

    /// <summary>Fills <paramref name="row"/> with what <paramref name="key"/> starts with; writes the factors, not the padding.</summary>
    public void Initial(ulong key, T* row) => _initializer.Fill(key, new Span<T>(row, Factors));

    /// <summary>Erases the row and bias of <paramref name="key"/> and frees the row (<see cref="EntityTable.Free"/>); -1 if it has none.</summary>
    public int Free(ulong key)
    {
        int row = Entities.Free(key);
        if (row < 0) return -1;
        if (_packed is not null) Change(row);
        Leaving?.Invoke(row);
        new Span<T>(Row(row), Stride).Clear();
        Bias(row) = 0;
        Close();
        return row;
    }

    /// <summary>Sets a row and its bias back to what the entity started with, and counts it.</summary>
    public void Reset(int row)
    {
        Start(row);
        Resets++;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("factors", Factors);
        writer.Shape("precision", Precision);
        writer.Shape("initial rows", _initializer.Description);
        writer.Write(Resets);
        if (_packed is not null) writer.Write(_packs);
        writer.WriteLarge(this);
    }

    /// <inheritdoc/>
    public bool TryFreeze() => Entities.TryFreeze();

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        Entities.Write(ref writer, frozen);
        RowPages pages = Entities.Pages;
        int rows = Entities.Rows(frozen);
        int length = RowBytes(Factors, _precision) - sizeof(double), used = length / Math.Max(1, Stride) * Factors;
        using NativeBuffer<byte> page = new((long)pages.RowsPerPage * length);
        using AsideMemory aside = new();
        double* biases = (double*)aside.Take(sizeof(double) * (long)rows); // they come last, and no page should have to stay as it is until then
        for (int row = 0; row < rows; row += pages.RowsPerPage)
        {
            int count = Math.Min(pages.RowsPerPage, rows - row);
            pages.Copy(_rowColumn, row, count, frozen, page.Pointer);
            pages.Copy(_biasColumn, row, count, frozen, (byte*)(biases + row));
            if (frozen) pages.Done(row);
            if (used == length) writer.WriteRaw<byte>(page.AsSpan(0, count * length));
            else for (int i = 0; i < count; i++) writer.WriteRaw<byte>(page.AsSpan((long)i * length, used));
        }

        writer.WriteRaw(new ReadOnlySpan<double>(biases, rows));
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Release() => Entities.Release();

    /// <summary>Becomes what was saved; the table must be empty.</summary>
    /// <param name="reader">Reads the state.</param>
    /// <param name="frees">Whether rows of this table are ever freed.</param>
    /// <param name="hasNumbers">Whether arrival numbers were written, used or not.</param>
    public void Restore(ref StateReader reader, bool frees = false, bool hasNumbers = true)
    {
        reader.Shape("factors", Factors);
        reader.Shape("precision", Precision);
        reader.Shape("initial rows", _initializer.Description);
        Resets = reader.ReadCount();
        if (_packed is not null) _packs = reader.ReadCount();
        Entities.Restore(ref reader, frees, hasNumbers);
        for (int row = 0; row < Entities.Count; row++)
        {
            if (_packed is null) reader.ReadRaw(new Span<T>(Row(row), Factors));
            else reader.ReadRaw(_packed.AsSpan((long)row * Stride, Factors));
        }

        reader.ReadRaw(_biases.AsSpan(0, Entities.Count));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Entities.Dispose();
        _rows.Dispose();
        _packed?.Dispose();
        _biases.Dispose();
    }

    private long Precision => _precision switch
    {
        RowPrecision.Half => 16,
        RowPrecision.Bfloat16 => -16,
        _ => sizeof(T) * 8L,
    };

    private static int RowBytes(int factors, RowPrecision precision) =>
        (FactorKernel<T>.Stride(factors) * (precision == RowPrecision.Single ? sizeof(T) : sizeof(ushort))) + sizeof(double);

    // The row that the owner may change from now on.
    private void Change(int row)
    {
        if (_changing == row) return;
        Close();
        _changing = row;
    }

    private T* Open(int row)
    {
        if (_open == row) return _first;
        int changing = _changing;
        Close();
        (_open, _changing) = (row, changing);
        RowPacker.Unpack(_packed!.Pointer + ((long)row * Stride), _first, Stride, _precision);
        return _first;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Admit(int row, Admission admission)
    {
        if (admission == Admission.Replaced) Leaving?.Invoke(row);
        Start(row);
        Arrived?.Invoke(row);
    }

    private void Start(int row)
    {
        // A lost row may have lost its padding too: zero times a step that is not finite is not zero.
        new Span<T>(Row(row), Stride).Clear();
        Initial(Entities.Key(row), Row(row));
        Bias(row) = 0;
    }
}
