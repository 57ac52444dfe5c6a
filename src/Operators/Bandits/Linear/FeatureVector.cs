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
    private readonly NativeBuffer<int> _ordinals; // 1-based place in the list; 0: not set; negative: the value before the mark is kept
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
        (_undoPlaces, _undoValues) = (new int[length], new double[length]);
    }

    /// <summary>Places that are set.</summary>
    public int Count { get; private set; }

    /// <summary>All values, in the order of the places.</summary>
    public double* Values => _values.Pointer;

    /// <summary>The places that are set, in the order in which they were.</summary>
    public int* Places => _places.Pointer;

    /// <summary>Bytes of a vector.</summary>
    public static long BytesFor(int length) => (8L * RidgeKernel.Padded(length)) + (20L * length);

    /// <summary>Adds to a place.</summary>
    public void Add(int place, double value)
    {
        ref int ordinal = ref _ordinals.Pointer[place];
        if (ordinal == 0)
        {
            _places.Pointer[Count++] = place;
            ordinal = Count;
            _values.Pointer[place] = value;
            return;
        }

        if (ordinal > 0 && ordinal <= _mark)
        {
            (_undoPlaces[_undo], _undoValues[_undo]) = (place, _values.Pointer[place]);
            _undo++;
            ordinal = -ordinal;
        }

        _values.Pointer[place] += value;
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
            _values.Pointer[place] = _undoValues[_undo];
            _ordinals.Pointer[place] = -_ordinals.Pointer[place];
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
        for (int i = count; i < Count; i++) (_values.Pointer[_places.Pointer[i]], _ordinals.Pointer[_places.Pointer[i]]) = (0, 0);
        Count = count;
    }
}
