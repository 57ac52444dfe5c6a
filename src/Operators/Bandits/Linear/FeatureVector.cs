using Streaming.Operators.Numerics;

namespace Streaming.Operators.Bandits.Linear;

/// <summary>
/// A sparse vector and its dense form at once: which places are set, and all values, padded with zeros to whole blocks of
/// <see cref="RidgeKernel.Lanes"/>. A place that is added to twice holds the sum.
/// </summary>
/// <remarks>
/// Can be marked and rewound, so that what all actions share is filled in once. O(1) an addition, nothing allocated after construction. One caller at a time.
/// </remarks>
internal sealed unsafe class FeatureVector : IDisposable
{
    private readonly NativeBuffer<double> _values;
    private readonly NativeBuffer<int> _places;
    private readonly NativeBuffer<int> _ordinals;
    private readonly int[] _undoPlaces;
    private readonly double[] _undoValues;
    private int _mark;
    private int _undo;

    /// <summary>A vector without entries.</summary>
    /// <param name="length">Number of places.</param>
    public FeatureVector(int length)
    {
        _values = new NativeBuffer<double>(RidgeKernel.Padded(length));
        _places = new NativeBuffer<int>(length);
        _ordinals = new NativeBuffer<int>(length);
        Values = _values.Pointer;
        Places = _places.Pointer;
        Ordinals = _ordinals.Pointer;
        (_undoPlaces, _undoValues) = (new int[length], new double[length]);
    }

    /// <summary>Places that are set.</summary>
    public int Count { get; set; }

    /// <summary>All values, in the order of the places.</summary>
    public double* Values { get; }

    /// <summary>The places that are set, in the order in which they were.</summary>
    public int* Places { get; }

    /// <summary>By place: where it stands among <see cref="Places"/>, from 1; 0 where it is not set; negative where the value before the mark is kept.</summary>
    public int* Ordinals { get; }

    /// <summary>Bytes of a vector.</summary>
    public static long BytesFor(int length) => (8L * RidgeKernel.Padded(length)) + (20L * length);

    /// <summary>Sets place 0, where nothing may be yet, to 1.</summary>
    public void AddIntercept()
    {
        (Values[0], Places[Count]) = (1, 0);
        Ordinals[0] = ++Count;
    }

    /// <summary>Adds to a place that is set.</summary>
    public void AddToPlace(int place, double value)
    {
        if (Ordinals[place] > 0 && Ordinals[place] <= _mark)
        {
            (_undoPlaces[_undo], _undoValues[_undo]) = (place, Values[place]);
            _undo++;
            Ordinals[place] = -Ordinals[place];
        }

        Values[place] += value;
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        (_mark, _undo) = (0, 0);
        Truncate(0);
    }

    /// <summary>What is there now stays when <see cref="Rewind"/> is called.</summary>
    public void Mark() => _mark = Count;

    /// <summary>Takes back what was added after <see cref="Mark"/>.</summary>
    public void Rewind()
    {
        while (_undo > 0)
        {
            int place = _undoPlaces[--_undo];
            Values[place] = _undoValues[_undo];
            Ordinals[place] = -Ordinals[place];
        }

        Truncate(_mark);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.Dispose();
        _places.Dispose();
        _ordinals.Dispose();
    }

    private void Truncate(int count)
    {
        double* values = Values;
        int* places = Places, ordinals = Ordinals;
        for (int i = count; i < Count; i++)
        {
            int place = places[i];
            values[place] = 0;
            ordinals[place] = 0;
        }

        Count = count;
        GC.KeepAlive(this);
    }
}
