using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>The rank columns that others demand of a model's stage. The deepest is ranked, the others follow from it.</summary>
internal sealed class RankColumns
{
    private readonly (int Depth, ColumnSlot<int> Slot)[] _columns;

    /// <summary>The columns that <paramref name="binding"/> assigns.</summary>
    /// <exception cref="ArgumentException">A member is no depth.</exception>
    public RankColumns(StageBinding binding)
    {
        _columns = [.. binding.Demands(RankDemand.Family).Select(member =>
            RankDemand.TryParse(member, out _, out int depth)
                ? (depth, binding.WriteInteger($"{RankDemand.Family}@{member}"))
                : throw new ArgumentException($"{binding.Id}.rank@{member} is asked for; a depth is 1 to {RankDemand.MaxDepth}, or {RankDemand.Full}.", nameof(binding)))];
        foreach ((int depth, _) in _columns) Deepest = Math.Max(Deepest, depth);
    }

    /// <summary>The deepest rank demanded; 0 if none is.</summary>
    public int Deepest { get; }

    /// <summary>Whether <paramref name="binding"/> demands any rank.</summary>
    public static bool Demanded(StageBinding binding) => binding.Demands(RankDemand.Family).Any();

    /// <summary>Writes the rank of an event, found at the depth <see cref="Deepest"/>.</summary>
    public void Write(EventBatch batch, int index, int rank)
    {
        foreach ((int depth, ColumnSlot<int> slot) in _columns) batch.Column(slot)[index] = rank > depth ? Ranks.Beyond : rank;
    }
}
