using System.Numerics;
using System.Runtime.CompilerServices;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// An upper bound on the score of each group of 64 items, so that a ranker passes over those among which nothing can be found: the largest bias plus the
/// user's length times the largest length of an item's row (Cauchy, Schwarz), and room for rounding.
/// </summary>
/// <remarks>
/// Bounds only rise, in O(factors) a change of an item: they hold, if loosely, also after rows have shrunk. What is not finite bounds nothing. No state:
/// raised again from the rows. 16 bytes a group. One caller at a time.
/// </remarks>
/// <param name="items">Most items.</param>
/// <param name="shape">What makes a score.</param>
internal sealed unsafe class GroupBounds<T>(int items, BlockShape shape) : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Items = BlockShape.Group * BlockShape.Lanes;

    // A sum of so many terms is off by less than this share of their magnitudes (Higham 2002, section 4.2, with room to spare).
    private readonly double _rounding = (shape.Factors + 8) * (sizeof(T) == sizeof(float) ? 1.2e-7 : 2.3e-16);
    private readonly NativeBuffer<Bound> _bounds = new(Groups(items));

    /// <summary>Most bytes for so many items.</summary>
    public static long BytesFor(int items) => Groups(items) * Unsafe.SizeOf<Bound>();

    /// <summary>Takes in an item's row as it is now.</summary>
    public void Raise(int item, T* row, double bias)
    {
        ref Bound bound = ref _bounds[item / Items];
        double length = Length(row), raised = shape.Biases && !(bias <= 0) ? bias : 0;
        if (!(length <= bound.Length)) bound.Length = double.IsFinite(length) ? length : double.PositiveInfinity;
        if (!(raised <= bound.Bias)) bound.Bias = double.IsFinite(raised) ? raised : double.PositiveInfinity;
    }

    /// <summary>Euclidean length of a row of factors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // as below
    public double Length(T* row)
    {
        double sum = 0;
        for (int t = 0; t < shape.Factors; t++)
        {
            double factor = double.CreateTruncating(row[t]);
            sum += factor * factor;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>No item of the group scores above this for a user of this length; NaN where nothing is known.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // inlined, it uses up what the compiler grants the comparison of the group beside it: 2.5 times as slow
    public double Best(int group, double length)
    {
        Bound bound = _bounds[group];
        double sum = ((bound.Bias + (length * bound.Length)) * (1 + _rounding)) + 1e-30;
        return !shape.Distance ? sum : sum >= 1 ? 0 : sum - 1 + _rounding;
    }

    /// <inheritdoc/>
    public void Dispose() => _bounds.Dispose();

    private static long Groups(int items) => (items + Items - 1L) / Items;

    private struct Bound
    {
        public double Length;
        public double Bias;
    }
}
