using Streaming.Abstractions.Events;
using Streaming.Abstractions.Stages;

namespace Streaming.Sinks;

/// <summary>How the integers of a column are told to people.</summary>
public enum IntegerForm
{
    /// <summary>From 0 on as it is; a negative value says that the event has none, and is left out.</summary>
    Number,

    /// <summary>
    /// A rank (<see cref="Abstractions.Learning.Ranks"/>): from 1 on as it is; null for a miss or where it cannot be known; left out where nothing was
    /// ranked.
    /// </summary>
    Rank,

    /// <summary>A detector's word (<see cref="Abstractions.Learning.DriftSignal"/>): <c>warning</c> or <c>drift</c>, else left out.</summary>
    Signal,
}

/// <summary>A column that a sink prints: where the plan put it, and how its values are told.</summary>
/// <param name="Stage">Id of the stage that writes it.</param>
/// <param name="Column">Its name within the stage, member included (<c>rank@20</c>).</param>
/// <param name="Type">Type of its values.</param>
/// <param name="Slot">0-based index among the batch's columns of that type.</param>
/// <param name="Form">How integers are told; without meaning for a real column, whose NaN is left out.</param>
public sealed record ColumnView(string Stage, string Column, ColumnType Type, int Slot, IntegerForm Form)
{
    /// <summary>A view whose form follows from the column's name: ranks (<c>rank</c>, <c>rank@…</c>), signals (<c>signal</c>), numbers.</summary>
    public static ColumnView Of(string stage, string column, ColumnType type, int slot)
    {
        IntegerForm form = column.Split('@')[0] switch
        {
            "rank" => IntegerForm.Rank,
            "signal" => IntegerForm.Signal,
            _ => IntegerForm.Number,
        };
        return new ColumnView(stage, column, type, slot, form);
    }

    internal ColumnSlot<double> Real => new(Slot);

    internal ColumnSlot<int> Integer => new(Slot);

    internal ColumnSlot<ArenaSpan> List => new(Slot);
}
