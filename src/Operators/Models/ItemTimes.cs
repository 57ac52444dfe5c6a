using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>The items of <see cref="Popularity"/> and how often each came, as one part of a snapshot: the entities, then the times by row.</summary>
/// <param name="items">The items; a row whose time changes was touched.</param>
/// <param name="order">Their times.</param>
internal sealed unsafe class ItemTimes(EntityTable items, PopularityOrder order) : ILargeState
{
    private readonly TimesColumn _times = items.Pages.Add(new TimesColumn(order));

    /// <inheritdoc/>
    public long Bytes => items.Bytes + (sizeof(long) * (long)items.Count);

    /// <inheritdoc/>
    public bool TryFreeze() => items.TryFreeze();

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        items.Write(ref writer, frozen);
        items.Pages.Write(ref writer, _times, items.Rows(frozen), frozen);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Release() => items.Release();

    private sealed class TimesColumn(PopularityOrder order) : PageColumn(sizeof(long))
    {
        /// <inheritdoc/>
        public override void Copy(int row, int count, byte* to)
        {
            for (int i = 0; i < count; i++) ((long*)to)[i] = order.TimesMeanwhile(row + i);
        }
    }
}
