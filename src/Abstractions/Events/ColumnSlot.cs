namespace Streaming.Abstractions.Events;

/// <summary>
/// Where a stage's column lies in a batch: assigned by the plan, one writing stage each. A column that nobody reads gets no slot,
/// and the stage that could write it need not compute it (<see cref="IsAssigned"/>).
/// </summary>
/// <typeparam name="T"><see cref="double"/> (NaN: no value), <see cref="int"/> (meaning stated by the column), or <see cref="ArenaSpan"/> (a list of items).</typeparam>
public readonly record struct ColumnSlot<T>
    where T : unmanaged
{
    private readonly int _oneBased;

    /// <summary>A slot at this 0-based index among the batch's columns of type <typeparamref name="T"/>.</summary>
    public ColumnSlot(int index) => _oneBased = index + 1;

    /// <summary>Whether somebody reads the column. The default value is unassigned.</summary>
    public bool IsAssigned => _oneBased > 0;

    /// <summary>0-based index among the columns of this type; -1 if unassigned.</summary>
    public int Index => _oneBased - 1;
}
