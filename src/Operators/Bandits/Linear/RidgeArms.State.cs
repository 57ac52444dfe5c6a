using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Bandits.Linear;

/// <content>
/// State, in this order: lambda as shape; the entities, pulls, dropped blocks, resets; by row the stride (0: no block) and the arm. Arms are saved by another
/// thread where they are large.
/// </content>
internal sealed unsafe partial class RidgeArms
{
    /// <summary>Writes the state.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="known">Places of features that were learned: behind them all is as it was at the start.</param>
    public void Save(ref StateWriter writer, int known)
    {
        writer.Shape("Lambda", _lambda);
        _entities.Save(ref writer);
        writer.Write(_pulls);
        writer.Write(_dropped);
        writer.Write(Resets);
        _savedKnown = known;
        writer.WriteLarge(this);
    }

    long ILargeState.Bytes => _bytes;

    bool ILargeState.TryFreeze()
    {
        if (!_frozen.TryFreeze(_entities.Count)) return false;
        (_frozenCount, _frozenKnown) = (_entities.Count, _savedKnown);
        return true;
    }

    void ILargeState.Write(ref StateWriter writer, bool frozen)
    {
        int count = frozen ? _frozenCount : _entities.Count;
        for (int row = 0; row < count; row++)
        {
            if (frozen) _frozen.Write(row, ref writer, frozen);
            else SaveRow(row, ref writer, _savedKnown);
        }

        GC.KeepAlive(this);
    }

    void ILargeState.Release() => _frozen.Release();

    int ISlotState.After(int slot) => slot + 1;

    void ISlotState.SaveSlot(int slot, ref StateWriter writer) => SaveRow(slot, ref writer, _frozenKnown);

    /// <summary>Becomes what was saved; nothing may have been learned before.</summary>
    public void Restore(ref StateReader reader, int known)
    {
        reader.Shape("Lambda", _lambda);
        _entities.Restore(ref reader);
        _pulls = reader.ReadCount();
        _dropped = reader.ReadCount();
        Resets = reader.ReadCount();
        for (int row = 0; row < _entities.Count; row++)
        {
            int stride = reader.ReadLength(_longest);
            if (stride > 0) Restore(ref reader, row, stride, known);
        }

        LinkByPulls();
        GC.KeepAlive(this);
    }

    /// <summary>Puts all rows with a block into the order of their last pulls.</summary>
    private void LinkByPulls()
    {
        (long Pull, int Row)[] held = new (long, int)[_held];
        for (int row = 0, i = 0; row < _entities.Count; row++)
        {
            if (_blocks[row].Inverse != null) held[i++] = (_blocks[row].LastPull, row);
        }

        Array.Sort(held);
        foreach ((_, int row) in held) LinkNewest(row);
    }

    private void SaveRow(int row, ref StateWriter writer, int known)
    {
        ArmBlock arm = _blocks[row];
        writer.Write(arm.Stride);
        if (arm.Inverse != null) Save(ref writer, arm, SavedPlaces(arm.Stride, known));
    }

    private static int SavedPlaces(int stride, int known) => Math.Min(stride, RidgeKernel.Padded(known));

    /// <summary>Last pull, updates, weights, b, and the lower triangles of A and of its inverse by rows.</summary>
    private static void Save(ref StateWriter writer, in ArmBlock arm, int places)
    {
        writer.Write(arm.LastPull);
        writer.Write(arm.Updates);
        writer.WriteRaw(new ReadOnlySpan<double>(arm.Weights, places));
        writer.WriteRaw(new ReadOnlySpan<double>(arm.B, places));
        for (int place = 0; place < places; place++) writer.WriteRaw(new ReadOnlySpan<double>(arm.Row(place), place + 1));
        for (int place = 0; place < places; place++) writer.WriteRaw(new ReadOnlySpan<double>(arm.InverseRow(place), place + 1));
    }

    private void Restore(ref StateReader reader, int row, int stride, int known)
    {
        int places = SavedPlaces(stride, known);
        long last = reader.Read<long>();
        int updates = reader.ReadLength(UpdatesBetweenInversions - 1);
        // An arm grows to no more than twice what it needs, and what it has met was saved: so little is taken on the word of a length alone.
        bool sound = stride % RidgeKernel.Lanes == 0 && stride <= 2 * RidgeKernel.Padded(Math.Max(1, known)) && last > 0 && last <= _pulls
            && _bytes + BytesOf(stride) <= _maxBytes && reader.Remaining >= sizeof(double) * (long)places * (places + 3);
        if (!sound) throw new StateMismatchException($"The snapshot has an arm of {stride} features, {known} known, last pulled at {last} of {_pulls}; {reader.Remaining} bytes are left.");
        Take(row, stride);
        ref ArmBlock arm = ref _blocks[row];
        (arm.LastPull, arm.Updates) = (last, updates);
        Start(arm, 0);
        reader.ReadRaw(new Span<double>(arm.Weights, places));
        reader.ReadRaw(new Span<double>(arm.B, places));
        for (int place = 0; place < places; place++) reader.ReadRaw(new Span<double>(arm.Row(place), place + 1));
        for (int place = 0; place < places; place++)
        {
            reader.ReadRaw(new Span<double>(arm.InverseRow(place), place + 1));
            for (int other = 0; other < place; other++) arm.InverseRow(other)[place] = arm.InverseRow(place)[other];
        }
    }
}
