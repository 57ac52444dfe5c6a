using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Items in descending order of a score, ties by arrival, with order statistics: a treap whose priorities are a hash of the row (Seidel, Aragon 1996,
/// "Randomized
/// search trees") and whose nodes count what is below them. Its shape, and so its speed, depends on the items and their scores alone, not on how they came
/// about.
/// </summary>
/// <remarks>Expected O(log items) an operation. 24 bytes an item, committed as items come. No state. One caller at a time.</remarks>
/// <param name="items">Most items.</param>
internal sealed unsafe class ScoreOrder(int items) : IDisposable
{
    private const int None = -1;

    private readonly NativeBuffer<Node> _nodes = new(items);
    private int _root = None;

    /// <summary>Items held.</summary>
    public int Count => _root == None ? 0 : _nodes[_root].Size;

    /// <summary>Most bytes for so many items.</summary>
    public static long BytesFor(int items) => (long)items * sizeof(Node);

    /// <summary>The score of an item that is held.</summary>
    public double Score(int item) => _nodes[item].Score;

    /// <summary>Adds an item that is not held.</summary>
    /// <param name="item">Row of the item.</param>
    /// <param name="score">Its score, finite.</param>
    /// <param name="arrival">Its arrival number.</param>
    public void Add(int item, double score, uint arrival)
    {
        ref Node added = ref _nodes[item];
        added = new Node { Score = score, Arrival = arrival, Left = None, Right = None, Size = 1 };
        ulong priority = Priority(item);
        ref int link = ref _root;
        while (link != None && Priority(link) >= priority)
        {
            ref Node node = ref _nodes[link];
            node.Size++;
            link = ref IsBefore(added, node) ? ref node.Left : ref node.Right;
        }

        int below = link;
        link = item;
        if (below == None) return;
        Split(below, ref added);
        added.Size = 1 + Size(added.Left) + Size(added.Right);
    }

    /// <summary>Removes an item that is held.</summary>
    public void Remove(int item)
    {
        ref Node removed = ref _nodes[item];
        ref int link = ref _root;
        while (link != item)
        {
            ref Node node = ref _nodes[link];
            node.Size--;
            link = ref IsBefore(removed, node) ? ref node.Left : ref node.Right;
        }

        int left = removed.Left, right = removed.Right;
        while (left != None && right != None)
        {
            // The one of higher priority takes the place, and what is left is merged below it.
            bool isLeft = Priority(left) >= Priority(right);
            int upper = isLeft ? left : right;
            ref Node node = ref _nodes[upper];
            node.Size += Size(isLeft ? right : left);
            link = upper;
            if (isLeft)
            {
                link = ref node.Right;
                left = node.Right;
            }
            else
            {
                link = ref node.Left;
                right = node.Left;
            }
        }

        link = left != None ? left : right;
    }

    /// <summary>Removes all items.</summary>
    public void Clear() => _root = None;

    /// <summary>The item at a place, 0 being the first.</summary>
    public int ItemAt(int place)
    {
        int item = _root;
        while (true)
        {
            int before = Size(_nodes[item].Left);
            if (place == before) return item;
            (item, place) = place < before ? (_nodes[item].Left, place) : (_nodes[item].Right, place - before - 1);
        }
    }

    /// <summary>How many items have a score whose <paramref name="factor"/>-fold, factor &gt;= 0, is above <paramref name="limit"/>.</summary>
    public int CountAbove(double limit, double factor)
    {
        int item = _root, count = 0;
        while (item != None)
        {
            ref Node node = ref _nodes[item];
            bool isAbove = node.Score * factor > limit;
            if (isAbove) count += Size(node.Left) + 1;
            item = isAbove ? node.Right : node.Left;
        }

        return count;
    }

    /// <summary>How many items come before one that would have this score and arrival number.</summary>
    public int CountBefore(double score, ulong arrival)
    {
        int item = _root, count = 0;
        while (item != None)
        {
            ref Node node = ref _nodes[item];
            bool isBefore = node.Score > score || (node.Score.Equals(score) && node.Arrival < arrival);
            if (isBefore) count += Size(node.Left) + 1;
            item = isBefore ? node.Right : node.Left;
        }

        return count;
    }

    /// <summary>Place after the last item of this score.</summary>
    public int EndOf(double score) => CountBefore(score, ulong.MaxValue);

    /// <inheritdoc/>
    public void Dispose() => _nodes.Dispose();

    private static ulong Priority(int item) => new CounterRng(0x6F72646572, (ulong)item).NextBits();

    private static bool IsBefore(in Node a, in Node b) => a.Score > b.Score || (a.Score.Equals(b.Score) && a.Arrival < b.Arrival);

    private int Size(int item) => item == None ? 0 : _nodes[item].Size;

    // What is below the place of a new item becomes its left and right: the path along which it would go is taken apart.
    private void Split(int item, ref Node added)
    {
        ref int left = ref added.Left;
        ref int right = ref added.Right;
        Span<int> path = stackalloc int[512]; // deeper than any treap of 2^26 items is: it would take priorities that are no hash
        int depth = 0;
        while (item != None)
        {
            path[depth++] = item;
            ref Node node = ref _nodes[item];
            if (IsBefore(node, added))
            {
                left = item;
                left = ref node.Right;
                item = node.Right;
            }
            else
            {
                right = item;
                right = ref node.Left;
                item = node.Left;
            }
        }

        left = None;
        right = None;
        while (depth > 0)
        {
            ref Node node = ref _nodes[path[--depth]];
            node.Size = 1 + Size(node.Left) + Size(node.Right);
        }
    }

    private struct Node
    {
        public double Score;
        public uint Arrival;
        public int Left;
        public int Right;
        public int Size;
    }
}
