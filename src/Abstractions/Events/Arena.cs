namespace Streaming.Abstractions.Events;

/// <summary>A growing buffer that keeps its memory when cleared. Spans of it are valid until the next <see cref="Add(ReadOnlySpan{T})"/> or <see cref="Clear"/>.</summary>
/// <remarks>Grows by doubling; a source ends a batch early where its records are so large that their elements become many. One caller at a time.</remarks>
public sealed class Arena<T>
    where T : unmanaged
{
    private T[] _items = [];

    /// <summary>Elements in use.</summary>
    public int Length { get; private set; }

    /// <summary>The elements of <paramref name="span"/>.</summary>
    public Span<T> this[ArenaSpan span] => _items.AsSpan(span.Start, span.Length);

    /// <summary>Appends <paramref name="items"/> and says where they lie.</summary>
    public ArenaSpan Add(ReadOnlySpan<T> items)
    {
        int start = Length;
        if (start + items.Length > _items.Length) Array.Resize(ref _items, Math.Max(start + items.Length, Math.Max(16, _items.Length * 2)));
        items.CopyTo(_items.AsSpan(start));
        Length = start + items.Length;
        return new ArenaSpan(start, items.Length);
    }

    /// <summary>Appends one element.</summary>
    public void Add(T item) => Add(new ReadOnlySpan<T>(in item));

    /// <summary>Forgets everything from <paramref name="length"/> on.</summary>
    public void Truncate(int length) => Length = (uint)length <= (uint)Length ? length : throw new ArgumentOutOfRangeException(nameof(length));

    /// <summary>Empties the arena, keeping its memory.</summary>
    public void Clear() => Length = 0;
}
