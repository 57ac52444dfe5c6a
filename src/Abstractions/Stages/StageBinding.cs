using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;

namespace Streaming.Abstractions.Stages;

/// <summary>
/// What the plan gives a stage when it is built: its name, its seed, the slots of the columns it reads and writes, and what others demand of it.
/// </summary>
public sealed class StageBinding
{
    private readonly IReadOnlyDictionary<string, int> _reads;
    private readonly IReadOnlyDictionary<string, int> _writes;

    /// <summary>A binding; slots are given as indices, by full name for reads and by column name for writes.</summary>
    public StageBinding(string id, ulong seed, ValueRange range, IReadOnlyDictionary<string, int> reads, IReadOnlyDictionary<string, int> writes)
    {
        (Id, Seed, Range, _reads, _writes) = (id, seed, range, reads, writes);
    }

    /// <summary>Id of the stage in the configuration.</summary>
    public string Id { get; }

    /// <summary>Seed of this stage: derived from the pipeline's seed and <see cref="Id"/>.</summary>
    public ulong Seed { get; }

    /// <summary>Range of the values of the stream.</summary>
    public ValueRange Range { get; }

    /// <summary>What is known of items beforehand; empty where the source names no file of items.</summary>
    public ItemCatalogue Items { get; init; } = ItemCatalogue.Empty;

    /// <summary>The members that readers demand of a family this stage writes, ascending by name: <c>20</c> for <c>rank@20</c>.</summary>
    public IEnumerable<string> Demands(string family)
    {
        string prefix = family + "@";
        return _writes.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Select(k => k[prefix.Length..]).Order(StringComparer.Ordinal);
    }

    /// <summary>Slot of a column this stage writes; unassigned if nobody reads it.</summary>
    public ColumnSlot<double> WriteReal(string column) => _writes.TryGetValue(column, out int index) ? new ColumnSlot<double>(index) : default;

    /// <inheritdoc cref="WriteReal"/>
    public ColumnSlot<int> WriteInteger(string column) => _writes.TryGetValue(column, out int index) ? new ColumnSlot<int>(index) : default;

    /// <inheritdoc cref="WriteReal"/>
    public ColumnSlot<ArenaSpan> WriteList(string column) => _writes.TryGetValue(column, out int index) ? new ColumnSlot<ArenaSpan>(index) : default;

    /// <summary>Slot of a column this stage reads, by full name (<c>mf.loss</c>).</summary>
    public ColumnSlot<double> ReadReal(string fullName) => new(_reads[fullName]);

    /// <inheritdoc cref="ReadReal"/>
    public ColumnSlot<int> ReadInteger(string fullName) => new(_reads[fullName]);

    /// <inheritdoc cref="ReadReal"/>
    public ColumnSlot<ArenaSpan> ReadList(string fullName) => new(_reads[fullName]);

    /// <summary>A binding outside any plan, for tests and for use as a library: nothing is read, nothing is written.</summary>
    public static StageBinding Free(string id = "stage", ulong seed = 42, ValueRange? range = null) =>
        new(id, seed, range ?? ValueRange.Unbounded, new Dictionary<string, int>(), new Dictionary<string, int>());
}
