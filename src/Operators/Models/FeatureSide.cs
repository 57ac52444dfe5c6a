using System.Numerics;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>The features of one side of an example, the user's (with the context) or the item's, and what they add up to.</summary>
/// <remarks>Grows to the most features that came. O(features x latents) to add up. One caller at a time. No state.</remarks>
internal sealed unsafe class FeatureSide<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly FeatureTable<T> _table;
    private readonly NativeBuffer<T> _sum;
    private readonly NativeBuffer<T> _unseen;
    private Member[] _members = new Member[8];
    private NativeBuffer<T>? _rows;

    /// <summary>A side without features.</summary>
    public FeatureSide(FeatureTable<T> table)
    {
        _table = table;
        _sum = new NativeBuffer<T>(table.Stride);
        _unseen = new NativeBuffer<T>(table.RowLength);
    }

    /// <summary>Features.</summary>
    public ReadOnlySpan<Member> Members => _members.AsSpan(0, Count);

    /// <summary>Number of features.</summary>
    public int Count { get; private set; }

    /// <summary>Sum of latents by value; the element of the weight is 0.</summary>
    public T* Sum => _sum.Pointer;

    /// <summary>Sum of weights by value.</summary>
    public double Linear { get; private set; }

    /// <summary>Sum over pairs of features of the product of their values and the inner product of their latents.</summary>
    public double Pairs { get; private set; }

    /// <summary>Takes all features out.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a feature.</summary>
    public void Add(int bucket, float value, int field = 0)
    {
        if (Count == _members.Length) Array.Resize(ref _members, 2 * Count);
        _members[Count++] = new Member(bucket, field, -1, T.CreateTruncating(value));
    }

    /// <summary>Looks the rows up.</summary>
    public void Find()
    {
        foreach (ref Member member in _members.AsSpan(0, Count)) member = member with { Row = _table.Find(member.Bucket) };
    }

    /// <summary>Looks the rows up, and gives one to each bucket that has none.</summary>
    public void Admit()
    {
        foreach (ref Member member in _members.AsSpan(0, Count)) member = member with { Row = _table.FindOrAdd(member.Bucket) };
    }

    /// <summary>The row of a member. That of a bucket that has not come is valid until the next call.</summary>
    public T* Row(in Member member)
    {
        if (member.Row >= 0) return _table.Row(member.Row);
        _table.Initial(member.Bucket, _unseen.Pointer);
        return _unseen.Pointer;
    }

    /// <summary>Adds up what <see cref="Find"/> or <see cref="Admit"/> has looked up, <see cref="Pairs"/> where <paramref name="pairs"/>.</summary>
    public void Compose(bool pairs)
    {
        T* sum = _sum.Pointer;
        int stride = _table.Stride, weight = _table.Latents;
        (Linear, Pairs) = (0, 0);
        new Span<T>(sum, stride).Clear();
        foreach (ref readonly Member member in Members)
        {
            T* row = Row(member);
            // Each feature with the sum of those before it: linear in the features as equation 5 is, and nothing cancels.
            if (pairs) Pairs += double.CreateTruncating(member.Value * FactorKernel<T>.Dot(sum, row, stride));
            FactorKernel<T>.Move(sum, row, stride, member.Value, T.One);
            Linear += double.CreateTruncating(member.Value * row[weight]);
            sum[weight] = T.Zero;
        }

        GC.KeepAlive(this);
    }

    /// <summary>Copies the rows of all members, for models that look at each beside each other (<see cref="Loaded"/>).</summary>
    public void Load()
    {
        int stride = _table.Stride;
        if (_rows is null || _rows.Length < (long)Count * stride)
        {
            _rows?.Dispose();
            _rows = new NativeBuffer<T>((long)_members.Length * stride);
        }

        for (int i = 0; i < Count; i++) Buffer.MemoryCopy(Row(_members[i]), Loaded(i), (long)stride * sizeof(T), (long)stride * sizeof(T));
        GC.KeepAlive(this);
    }

    /// <summary>The copy of a member's row, as it was at the last <see cref="Load"/>.</summary>
    public T* Loaded(int member) => _rows!.Pointer + ((long)member * _table.Stride);

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows?.Dispose();
        _sum.Dispose();
        _unseen.Dispose();
    }

    /// <summary>A feature: its bucket, its field (for models that know fields), its row (-1: the bucket has not come) and its value.</summary>
    internal readonly record struct Member(int Bucket, int Field, int Row, T Value);
}
