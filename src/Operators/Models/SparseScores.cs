using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Scores of a few among many items: the others have 0. Adding and reading are O(1), clearing O(items touched); 12 bytes an item. No state.</summary>
/// <param name="items">Most items; memory is reserved for them and committed as they are touched.</param>
internal sealed class SparseScores(int items) : IDisposable
{
    private readonly NativeBuffer<double> _scores = new(items);
    private readonly NativeBuffer<int> _touched = new(items);
    private int _count;

    /// <summary>Sum of the positive scores.</summary>
    public double Mass { get; private set; }

    /// <summary>Rows of the items that have a score, in the order in which they got it.</summary>
    public ReadOnlySpan<int> Touched => _touched.AsSpan(0, _count);

    /// <summary>The score of an item.</summary>
    public double this[int item] => _scores[item];

    /// <summary>Most bytes for so many items.</summary>
    public static long BytesFor(int items) => items * 12L;

    /// <summary>Adds a positive number to an item's score; nothing where it is none.</summary>
    public void Add(int item, double score)
    {
        if (!(score > 0 && score < double.PositiveInfinity)) return;
        ref double sum = ref _scores[item];
        if (sum == 0) _touched[_count++] = item;
        sum += score;
        Mass += score;
    }

    /// <summary>Adds a finite number of either sign to an item's score. A sum that cancels out is kept as the smallest number there is, so that the item is listed once.</summary>
    public void AddSigned(int item, double score)
    {
        if (score == 0 || !double.IsFinite(score)) return;
        ref double sum = ref _scores[item];
        if (sum == 0) _touched[_count++] = item;
        Mass -= Math.Max(0, sum);
        sum += score;
        if (sum == 0) sum = double.Epsilon;
        Mass += Math.Max(0, sum);
    }

    /// <summary>Gives a score of either sign to an item that has none; nothing where it is 0 or not finite.</summary>
    public void Set(int item, double score)
    {
        if (score == 0 || !double.IsFinite(score)) return;
        _touched[_count++] = item;
        _scores[item] = score;
        Mass += Math.Max(0, score);
    }

    /// <summary>Sets all back to 0.</summary>
    public void Clear()
    {
        foreach (int item in Touched) _scores[item] = 0;
        (_count, Mass) = (0, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scores.Dispose();
        _touched.Dispose();
    }
}
