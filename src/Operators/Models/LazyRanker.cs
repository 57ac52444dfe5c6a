using System.Numerics;
using System.Runtime.CompilerServices;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Counts the items that a user's factors put before a given one, exactly, and stops as soon as there are enough of them. The items' factors are mirrored
/// in blocks
/// of 16 items (block x term x 16 lanes), so that 16 items are scored at once. Items that came first, which tend to be the strong ones, are looked at
/// first: on real logs that visits
/// 130 to 1,300 of 5,000 to 7,000 items, and an order by popularity, which would have to be kept, between 20 % more and 30 % fewer.
/// </summary>
/// <remarks>
/// A score is the item's bias (0 without biases) and then, factor by factor, a fused multiply-add: the same arithmetic for every item, at every vector
/// width and
/// for the item in question, so that ties are ties. A score that is not finite counts as minus infinity. Worst case O(items x factors / 16). One caller at
/// a time.
/// The mirror is no state: it is filled again from the rows.
/// </remarks>
public sealed unsafe class LazyRanker<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly NativeBuffer<T> _blocks;
    private readonly GroupBounds<T> _bounds;
    private readonly T* _first;
    private readonly BlockShape _shape;

    /// <summary>A ranker over at most <paramref name="items"/> items.</summary>
    /// <param name="items">Most items.</param>
    /// <param name="factors">Factors of a row, 0 or more.</param>
    /// <param name="biases">Whether the item's bias belongs to its score.</param>
    /// <param name="distance">Whether items are ordered by how near their score is to 1, instead of by the score itself.</param>
    public LazyRanker(int items, int factors, bool biases, bool distance)
    {
        _shape = new BlockShape(factors, biases, distance);
        _blocks = new NativeBuffer<T>(Elements(items, factors, biases));
        _first = _blocks.Pointer;
        _bounds = new GroupBounds<T>(items, _shape);
    }

    /// <summary>Most bytes of a ranker of this shape.</summary>
    public static long BytesFor(int items, int factors, bool biases) =>
        (Elements(items, factors, biases) * sizeof(T)) + GroupBounds<T>.BytesFor(items);

    /// <summary>Mirrors an item's row as it is now.</summary>
    public void Set(int item, T* row, double bias)
    {
        T* lane = Block(item / BlockShape.Lanes) + (item % BlockShape.Lanes);
        if (_shape.Biases)
        {
            *lane = T.CreateTruncating(bias);
            lane += BlockShape.Lanes;
        }

        for (int t = 0; t < _shape.Factors; t++, lane += BlockShape.Lanes) *lane = row[t];
        _bounds.Raise(item, row, bias);
    }

    /// <summary>The score by which items are ordered.</summary>
    public T Score(T* user, T* item, double bias)
    {
        T score = _shape.Biases ? T.CreateTruncating(bias) : T.Zero;
        for (int t = 0; t < _shape.Factors; t++) score = T.FusedMultiplyAdd(user[t], item[t], score);
        if (_shape.Distance) score = -T.Abs(T.One - score);
        return T.IsFinite(score) ? score : T.NegativeInfinity;
    }

    /// <summary>
    /// How many items come before <paramref name="item"/>: a higher score, or the same and an earlier row (rows are in the order of arrival until an
    /// item is evicted, and then nobody asks). Items in <paramref name="excluded"/> do not count.
    /// </summary>
    /// <param name="user">The user's factors.</param>
    /// <param name="item">Row of the item.</param>
    /// <param name="score">Its <see cref="Score"/>.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="excluded">Items to pass over.</param>
    /// <param name="limit">Enough: counting stops when so many are found.</param>
    /// <returns>The number; <paramref name="limit"/> or a few more if there are at least that many.</returns>
    public int CountBetter(T* user, int item, T score, int items, MarkedItems excluded, int limit) =>
        CountBetter(VectorWidths.Best, user, item, score, items, excluded, limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        _blocks.Dispose();
        _bounds.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int CountBetter(VectorWidth width, T* user, int item, T score, int items, MarkedItems excluded, int limit)
    {
        BlockShape shape = _shape;
        int blocks = (items + BlockShape.Lanes - 1) / BlockShape.Lanes;
        int better = 0, b = 0;
        T* block = _first;
        double length = _bounds.Length(user), own = double.CreateTruncating(score);
        for (; b + BlockShape.Group < blocks; b += BlockShape.Group, block += BlockShape.Group * shape.Size)
        {
            if (_bounds.Best(b / BlockShape.Group, length) < own) continue;
            ulong ahead = BlockKernel<T>.CompareGroup(width, block, user, shape, score, out ulong ties);
            ulong candidates = ~excluded.Group(b);
            ties &= candidates;
            if (ties != 0) ahead |= Earlier(b, ties, item);
            better += BitOperations.PopCount(ahead & candidates);
            if (better >= limit) return better;
        }

        for (; b < blocks; b++, block += shape.Size)
        {
            uint compared = BlockKernel<T>.Compare(width, block, user, shape, score);
            uint candidates = ~excluded.Block(b) & 0xFFFF;
            if (b == blocks - 1) candidates &= 0xFFFFu >> (-items & (BlockShape.Lanes - 1));
            ulong ahead = (compared & 0xFFFF) | Earlier(b, (compared >> 16) & candidates, item);
            better += BitOperations.PopCount(ahead & candidates);
        }

        return better;
    }

    /// <summary>Offers every item that is not excluded and may be among the best: once there are enough, only those of a block that beat the last of them.</summary>
    internal void Collect(T* user, EntityTable entities, MarkedItems excluded, ref TopItems best) => Collect(VectorWidths.Best, user, entities, excluded, ref best);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Collect(VectorWidth width, T* user, EntityTable entities, MarkedItems excluded, ref TopItems best)
    {
        BlockShape shape = _shape;
        int blocks = (entities.Count + BlockShape.Lanes - 1) / BlockShape.Lanes;
        bool tiesCount = entities.Evictions > 0; // until then a later row came later, and loses a tie
        double length = _bounds.Length(user);
        int b = 0;
        T* block = _first;
        while (b < blocks)
        {
            bool isGroup = best.IsFull && b % BlockShape.Group == 0 && b + BlockShape.Group < blocks;
            int step = isGroup ? BlockShape.Group : 1;
            if (isGroup && _bounds.Best(b / BlockShape.Group, length) < best.Worst)
            {
                b += step;
                block += step * shape.Size;
                continue;
            }

            ulong candidates = isGroup ? ~excluded.Group(b) : ~excluded.Block(b) & 0xFFFF;
            if (b == blocks - 1) candidates &= 0xFFFFu >> (-entities.Count & (BlockShape.Lanes - 1));
            if (isGroup)
            {
                ulong ahead = BlockKernel<T>.CompareGroup(width, block, user, shape, T.CreateTruncating(best.Worst), out ulong ties);
                candidates &= tiesCount ? ahead | ties : ahead;
            }
            else if (best.IsFull)
            {
                uint compared = BlockKernel<T>.Compare(width, block, user, shape, T.CreateTruncating(best.Worst));
                candidates &= tiesCount ? compared | (compared >> 16) : compared;
            }

            for (; candidates != 0; candidates &= candidates - 1)
            {
                int item = (b * BlockShape.Lanes) + BitOperations.TrailingZeroCount(candidates);
                best.Offer(item, double.CreateTruncating(BlockKernel<T>.ScoreLane(Block(item / BlockShape.Lanes) + (item % BlockShape.Lanes), user, shape)));
            }

            b += step;
            block += step * shape.Size;
        }
    }

    /// <summary>Those of <paramref name="ties"/> (bit j: row 16 <paramref name="block"/> + j) that lie before the item.</summary>
    private static ulong Earlier(int block, ulong ties, int item)
    {
        int before = item - (block * BlockShape.Lanes);
        return before <= 0 ? 0 : before >= 64 ? ties : ties & ((1UL << before) - 1);
    }

    private static long Elements(int items, int factors, bool biases) =>
        ((items + BlockShape.Lanes - 1L) / BlockShape.Lanes) * BlockShape.Lanes * (factors + (biases ? 1 : 0));

    private T* Block(int block) => _first + ((long)block * _shape.Size);
}
