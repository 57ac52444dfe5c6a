using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Scores an item by how often it came among the last events. Items that are not among them have score 0, and are ordered by arrival.</summary>
/// <remarks>
/// A ring of the items' arrival numbers. O(log items) an event. One caller at a time. State: the window, oldest first, and what every
/// <see cref="SparseRecommender"/> has.
/// </remarks>
public sealed class RecentPopularity : SparseRecommender
{
    private readonly NativeBuffer<uint> _window;
    private int _count;
    private int _next;

    /// <summary>A model that has counted nothing.</summary>
    /// <param name="options">Window and bounds.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public RecentPopularity(RecentPopularityOptions options, bool ranking = true)
        : base(options, Shape(ranking)) => _window = new NativeBuffer<uint>(options.Window);

    /// <inheritdoc/>
    public override string StateTag => "recent-popularity";

    private int Capacity => (int)_window.Length;

    private protected override double TailFactor => 1;

    private protected override double Smoothing => 1;

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(RecentPopularityOptions options, bool ranking) => BytesFor(options, Shape(ranking)) + (sizeof(uint) * (long)options.Window);

    private protected override void Collect(int user, SparseScores scores)
    {
    }

    private protected override void Train(int user, int item, in Example example)
    {
        if (_count == Capacity) TakeFromTail(ItemColumns.Entities.RowOfSequence(_window[_next]), 1);
        else _count++;
        _window[_next] = ItemColumns.Entities.Sequence(item);
        _next = _next + 1 == Capacity ? 0 : _next + 1;
        AddToTail(item, 1);
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        writer.Shape("window", _window.Length);
        writer.Write(_count);
        int oldest = _count < Capacity ? 0 : _next;
        writer.WriteRaw<uint>(_window.AsSpan(oldest, _count - oldest));
        writer.WriteRaw<uint>(_window.AsSpan(0, oldest));
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        reader.Shape("window", _window.Length);
        _count = reader.ReadLength(Capacity);
        reader.ReadRaw(_window.AsSpan(0, _count));
        _next = _count == Capacity ? 0 : _count;
    }

    private protected override void Restored()
    {
        if (ItemColumns.Entities.Evictions > 0) return;
        foreach (uint entry in _window.AsSpan(0, _count))
        {
            if (entry >= (uint)ItemColumns.Entities.Count) throw new StateMismatchException($"The snapshot has item {entry} in the window; {ItemColumns.Entities.Count} are known.");
        }
    }

    private protected override void DisposeLearner() => _window.Dispose();

    private static SparseShape Shape(bool ranking) => new(0, 0, ranking);
}
