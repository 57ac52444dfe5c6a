using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>The lists of best items that others demand of a model's stage. An event's longest is made once, and the others are its beginnings.</summary>
internal sealed class TopColumns
{
    private readonly (TopDemand Demand, ColumnSlot<ArenaSpan> Slot)[] _columns;
    private readonly ScoredItem[] _best;
    private readonly ulong[] _items;

    /// <summary>The columns that <paramref name="binding"/> assigns.</summary>
    /// <exception cref="ArgumentException">A member is no length of a list.</exception>
    public TopColumns(StageBinding binding)
    {
        _columns = [.. binding.Demands(TopDemand.Family).Select(member =>
            TopDemand.TryParse(member, out TopDemand demand)
                ? (demand, binding.WriteList($"{TopDemand.Family}@{member}"))
                : throw new ArgumentException(
                    $"{binding.Id}.top@{member} is asked for; a list has 1 to {TopDemand.MaxK} items, and may be made for one user in 1 to {TopDemand.MaxSample}, as in 10/16.", nameof(binding)))];
        int longest = 0;
        foreach ((TopDemand demand, _) in _columns) longest = Math.Max(longest, demand.K);
        (_best, _items) = (new ScoredItem[longest], new ulong[longest]);
    }

    /// <summary>Whether any list is demanded.</summary>
    public bool Any => _columns.Length > 0;

    /// <summary>Whether <paramref name="binding"/> demands any list.</summary>
    public static bool Demanded(StageBinding binding) => binding.Demands(TopDemand.Family).Any();

    /// <summary>Writes the lists of an event of this user, as the model would show them now; empty ones for a user who is not listed.</summary>
    public void Write(EventBatch batch, int index, IRecommender model, in Example example)
    {
        int longest = 0;
        foreach ((TopDemand demand, _) in _columns)
        {
            if (demand.K > longest && demand.Includes(example.User)) longest = demand.K;
        }

        int found = longest == 0 ? 0 : model.TopK(example, _best.AsSpan(0, longest));
        for (int i = 0; i < found; i++) _items[i] = _best[i].Item;
        ArenaSpan list = found == 0 ? default : batch.Items.Add(_items.AsSpan(0, found));
        foreach ((TopDemand demand, ColumnSlot<ArenaSpan> slot) in _columns)
            batch.Column(slot)[index] = demand.Includes(example.User) ? list with { Length = Math.Min(list.Length, demand.K) } : default;
    }

    /// <summary>Writes that an event has no lists.</summary>
    public void WriteNone(EventBatch batch, int index)
    {
        foreach ((_, ColumnSlot<ArenaSpan> slot) in _columns) batch.Column(slot)[index] = default;
    }
}
