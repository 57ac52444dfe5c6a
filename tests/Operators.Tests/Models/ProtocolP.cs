namespace Streaming.Operators.Tests.Models;

/// <summary>Protocol P written plainly: who was seen, in which order, and what each user met.</summary>
internal sealed class ProtocolP
{
    private readonly List<ulong> _items = [];
    private readonly Dictionary<ulong, HashSet<ulong>> _histories = [];

    public IReadOnlyList<ulong> Items => _items;

    /// <summary>Whether an item may be offered; all may.</summary>
    public Func<ulong, bool> IsOffered { get; set; } = _ => true;

    public bool IsCold(ulong user, ulong item) => !_histories.ContainsKey(user) || !_items.Contains(item);

    public IEnumerable<ulong> Candidates(ulong user) => _items.Where(i => !_histories[user].Contains(i) && IsOffered(i));

    /// <summary>The rank, 0 beyond the depth, -1 cold.</summary>
    public int Rank(ulong user, ulong item, Func<ulong, double> score, int depth)
    {
        if (IsCold(user, item)) return -1;
        double own = Key(score(item));
        int place = _items.IndexOf(item), rank = 1;
        for (int i = 0; i < _items.Count; i++)
        {
            if (_items[i] == item || _histories[user].Contains(_items[i]) || !IsOffered(_items[i])) continue;
            double other = Key(score(_items[i]));
            if (other > own || (other.Equals(own) && i < place)) rank++;
        }

        return rank <= depth ? rank : 0;
    }

    public void Learn(ulong user, ulong item)
    {
        if (!_items.Contains(item)) _items.Add(item);
        if (!_histories.TryGetValue(user, out HashSet<ulong>? history)) _histories.Add(user, history = []);
        history.Add(item);
    }

    private static double Key(double score) => double.IsFinite(score) ? score : double.NegativeInfinity;
}
