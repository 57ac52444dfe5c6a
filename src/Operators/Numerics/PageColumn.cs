namespace Streaming.Operators.Numerics;

/// <summary>One of the columns that <see cref="RowPages"/> copies aside: so many bytes for each row.</summary>
internal abstract unsafe class PageColumn(int rowBytes)
{
    /// <summary>Bytes of a row.</summary>
    public int RowBytes => rowBytes;

    /// <summary>Where the column begins in the copy of a page, in bytes a row: the bytes of the columns before it.</summary>
    public int Before { get; set; }

    /// <summary>
    /// Copies rows as they are now. May race with the owner: then it copies anything, and is asked again for the copy aside, but it must not fail.
    /// </summary>
    public abstract void Copy(int row, int count, byte* to);
}

/// <summary>A column that lies in memory row after row.</summary>
/// <param name="first">The first row, fixed in memory for as long as the column is used; null as long as there is none.</param>
/// <param name="rowBytes">Bytes from one row to the next.</param>
internal sealed unsafe class MemoryColumn(void* first, int rowBytes) : PageColumn(rowBytes)
{
    private byte* _first = (byte*)first;

    /// <summary>Puts the column where it is from now on.</summary>
    public void Place(void* memory) => _first = (byte*)memory;

    /// <inheritdoc/>
    public override void Copy(int row, int count, byte* to)
    {
        if (_first != null) Buffer.MemoryCopy(_first + ((long)row * RowBytes), to, (long)count * RowBytes, (long)count * RowBytes);
    }
}
