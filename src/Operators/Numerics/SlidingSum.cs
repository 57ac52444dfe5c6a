using System.Numerics;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Sum of the last values, kept as a binary tree of partial sums over a ring: each value replaces a leaf and its ancestors, so that
/// nothing is ever subtracted and the sum does not drift, whatever has passed through. O(log size) a value; 16 to 32 bytes a value held.
/// </summary>
/// <remarks>One caller at a time. State: the values held, oldest place first, and the next place.</remarks>
public sealed class SlidingSum
{
    private readonly double[] _tree;
    private readonly int _leaves;
    private int _next;

    /// <summary>A sum over the last <paramref name="size"/> values, at least 1.</summary>
    public SlidingSum(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        _leaves = (int)BitOperations.RoundUpToPowerOf2((uint)size);
        _tree = new double[2 * _leaves];
    }

    /// <summary>Most values held.</summary>
    public int Size { get; }

    /// <summary>Values held.</summary>
    public int Count { get; private set; }

    /// <summary>Their sum; 0 before the first.</summary>
    public double Sum => _tree[1];

    /// <summary>Most bytes of a sum over <paramref name="size"/> values.</summary>
    public static long BytesFor(int size) => 16L * BitOperations.RoundUpToPowerOf2((uint)size);

    /// <summary>Takes a finite value in, and lets the oldest go when all places are taken.</summary>
    public void Add(double value)
    {
        int node = _leaves + _next;
        _tree[node] = value;
        for (node /= 2; node > 0; node /= 2) _tree[node] = _tree[2 * node] + _tree[(2 * node) + 1];
        _next = _next + 1 == Size ? 0 : _next + 1;
        if (Count < Size) Count++;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("window", Size);
        writer.Write(_next);
        writer.WriteSpan<double>(_tree.AsSpan(_leaves, Count));
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("window", Size);
        _next = reader.ReadLength(Size - 1);
        Count = reader.PeekLength(Size);
        Array.Clear(_tree);
        reader.ReadSpan(_tree.AsSpan(_leaves, Count));
        for (int node = _leaves - 1; node > 0; node--) _tree[node] = _tree[2 * node] + _tree[(2 * node) + 1];
    }
}
