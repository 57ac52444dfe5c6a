using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Bandits.Linear;

/// <summary>
/// Turns the features of a context and of an action into a vector over the features that have occurred so far. A feature has one of so many slots: place i
/// of a dense context has slot i, place j of a dense action slot dimensions - 1 - j, a named one the slot its key and origin hash to (Weinberger et al.
/// 2009, "Feature hashing for large scale multitask learning", section 2, without the signs); what meets in a slot adds up. Slots get places in the vector in
/// the order in which they are first learned; the intercept has place 0.
/// </summary>
/// <remarks>
/// A feature that was never learned gets a place for one call, behind the others, which <see cref="Forget"/> takes back. 8 bytes a slot, O(1) a feature. One
/// caller at a time. State: shape, then the slots in the order of their places.
/// </remarks>
internal sealed unsafe class FeatureMap : IDisposable
{
    private const ulong Context = 0x9E3779B97F4A7C15UL;
    private const ulong Action = 0xC2B2AE3D27D4EB4FUL;

    private readonly int _dimensions;
    private readonly FeatureOrigin _origin;
    private readonly bool _intercept;
    private readonly NativeBuffer<int> _places; // by slot, 1-based; 0: none
    private readonly NativeBuffer<int> _slots; // by place
    private int _next;

    /// <summary>A map that has met nothing.</summary>
    public FeatureMap(int dimensions, FeatureOrigin origin, bool intercept)
    {
        (_dimensions, _origin, _intercept) = (dimensions, origin, intercept);
        _places = new NativeBuffer<int>(dimensions);
        _slots = new NativeBuffer<int>(Length);
        Known = _next = First;
    }

    /// <summary>Most places a vector has.</summary>
    public int Length => _dimensions + First;

    /// <summary>Places of features that were learned, and of the intercept.</summary>
    public int Known { get; private set; }

    /// <summary>Places in use, those for one call included.</summary>
    public int Used => _next;

    private int First => _intercept ? 1 : 0;

    /// <summary>Bytes of a map.</summary>
    public static long BytesFor(int dimensions) => (8L * dimensions) + 8;

    /// <summary>Adds what all actions of a decision share: the intercept, and the features of the context if they are seen.</summary>
    public void AddShared(in Decision decision, FeatureVector vector)
    {
        if (_intercept) vector.AddIntercept();
        if (_origin != FeatureOrigin.Action) Add(decision.Context, ofAction: false, vector);
    }

    /// <summary>Adds the features of an action, if they are seen.</summary>
    public void AddAction(in Decision decision, int action, FeatureVector vector)
    {
        if (_origin != FeatureOrigin.Context) Add(decision.FeaturesOf(action), ofAction: true, vector);
    }

    /// <summary>Keeps the places that were given for one call.</summary>
    public void Keep() => Known = _next;

    /// <summary>Takes them back.</summary>
    public void Forget()
    {
        while (_next > Known) _places[_slots[--_next]] = 0;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Dimensions", _dimensions);
        writer.Shape("Features", (long)_origin);
        writer.Shape("Intercept", _intercept ? 1 : 0);
        writer.WriteSpan<int>(_slots.AsSpan(First, Known - First));
    }

    /// <summary>Becomes what was saved; the map must have met nothing.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("Dimensions", _dimensions);
        reader.Shape("Features", (long)_origin);
        reader.Shape("Intercept", _intercept ? 1 : 0);
        int count = reader.ReadLength(_dimensions);
        for (int i = 0; i < count; i++)
        {
            int slot = reader.ReadLength(_dimensions - 1);
            if (_places[slot] != 0) throw new StateMismatchException($"The snapshot has the feature slot {slot} twice.");
            _slots[_next++] = slot;
            _places[slot] = _next;
        }

        Keep();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _places.Dispose();
        _slots.Dispose();
    }

    /// <summary>The slot of a feature.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Slot(ulong key, bool ofAction)
    {
        if (key < Feature.Places)
        {
            int place = (int)key < _dimensions ? (int)key : (int)key % _dimensions;
            return ofAction ? _dimensions - 1 - place : place;
        }

        ulong hash = (key ^ (ofAction ? Action : Context)) * 0xFF51AFD7ED558CCDUL;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53UL;
        return (int)Math.BigMul(hash ^ (hash >> 33), (ulong)_dimensions, out _);
    }

    private void Add(ReadOnlySpan<Feature> features, bool ofAction, FeatureVector vector)
    {
        int* places = _places.Pointer, order = vector.Places, ordinals = vector.Ordinals;
        double* values = vector.Values;
        int count = vector.Count;
        foreach (ref readonly Feature feature in features)
        {
            int slot = Slot(feature.Key, ofAction);
            if (places[slot] == 0)
            {
                _slots[_next++] = slot;
                places[slot] = _next;
            }

            int place = places[slot] - 1;
            if (ordinals[place] != 0)
            {
                vector.AddToPlace(place, feature.Value);
                continue;
            }

            values[place] = feature.Value;
            order[count++] = place;
            ordinals[place] = count;
        }

        vector.Count = count;
        GC.KeepAlive(this);
        GC.KeepAlive(vector);
    }
}
