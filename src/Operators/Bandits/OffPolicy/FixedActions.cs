using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Bandits.OffPolicy;

/// <summary>
/// What each action would have earned had it always been chosen: its sum of v r / propensity over the decisions that logged it (inverse propensity
/// scoring of the policy that always chooses it).
/// </summary>
/// <remarks>
/// The first actions up to a capacity are told apart; once another comes, the best one cannot be known any more. Expected O(1) an event; the best is
/// searched in O(actions) where it may have changed. Native memory, committed as actions come. One caller at a time. State: whether some are left out,
/// keys and sums in order of arrival.
/// </remarks>
/// <param name="capacity">Most actions, at least 1.</param>
public sealed class FixedActions(int capacity) : IDisposable
{
    private readonly EntityIndex _index = new();
    private readonly NativeBuffer<ulong> _keys = new(capacity);
    private readonly NativeBuffer<double> _sums = new(capacity);
    private bool _incomplete;
    private bool _stale;
    private double _best = double.NaN;

    /// <summary>The largest sum; NaN before the first action, and where more came than there is room for.</summary>
    public double Best
    {
        get
        {
            if (_stale) Search();
            return _incomplete ? double.NaN : _best;
        }
    }

    /// <summary>Most bytes for so many actions.</summary>
    public static long BytesFor(int capacity) => EntityIndex.BytesFor(capacity) + (16L * capacity);

    /// <summary>Adds to the sum of an action.</summary>
    /// <param name="action">Its key.</param>
    /// <param name="value">v r / propensity, finite.</param>
    public void Add(ulong action, double value)
    {
        int row = _index.Find(action);
        if (row < 0)
        {
            if (_index.Count == capacity)
            {
                _incomplete = true;
                return;
            }

            row = _index.Count;
            _index.Add(action, row);
            (_keys[row], _sums[row]) = (action, 0);
            _stale = true;
        }

        double before = _sums[row];
        _sums[row] = before + value;
        if (value < 0 && before == _best) _stale = true;
        else if (!(_sums[row] <= _best)) _best = _sums[row];
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Write(_incomplete);
        writer.WriteSpan<ulong>(_keys.AsSpan(0, _index.Count));
        writer.WriteRaw<double>(_sums.AsSpan(0, _index.Count));
    }

    /// <summary>Becomes what was saved; nothing may have been added before.</summary>
    public void Restore(ref StateReader reader)
    {
        _incomplete = reader.ReadBool();
        int count = reader.ReadLength(capacity);
        if (_incomplete && count < capacity) throw new StateMismatchException($"The snapshot leaves actions out with {count} of {capacity} places taken.");
        reader.ReadRaw(_keys.AsSpan(0, count));
        for (int row = 0; row < count; row++)
        {
            if (_keys[row] == 0 || _index.Find(_keys[row]) >= 0) throw new StateMismatchException($"The snapshot has the action {_keys[row]:x} twice, or none, at {row}.");
            _index.Add(_keys[row], row);
            _sums[row] = reader.ReadFinite();
        }

        _stale = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _index.Dispose();
        _keys.Dispose();
        _sums.Dispose();
    }

    private void Search()
    {
        _best = double.NaN;
        foreach (double sum in _sums.AsSpan(0, _index.Count))
        {
            if (!(sum <= _best)) _best = sum;
        }

        _stale = false;
    }
}
