using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// What a learning rate is multiplied by for each entity, by a <see cref="RateSchedule"/> other than <see cref="RateSchedule.Constant"/>, and what that depends on: how many
/// events the entity had, or its sums of squared gradients.
/// </summary>
/// <remarks>
/// O(1) an event; 8 bytes an entity, 16 with <see cref="RateSchedule.Adagrad"/>. A sum that passes the largest double stays there. One caller at a time. State: the numbers by row.
/// </remarks>
internal sealed class RowRates : IDisposable
{
    private const double Smallest = 1e-8;

    private readonly EntityTable _entities;
    private readonly RowValues<double> _values;
    private readonly RateSchedule _schedule;
    private readonly double _decay;

    /// <summary>Rates of these entities.</summary>
    public RowRates(EntityTable entities, RateSchedule schedule, double decay)
    {
        (_entities, _schedule, _decay) = (entities, schedule, decay);
        _values = new RowValues<double>(entities, Width(schedule));
    }

    /// <summary>Whether squared gradients matter.</summary>
    public bool NeedsSquares => _schedule == RateSchedule.Adagrad;

    /// <summary>Most bytes for so many entities; 0 where rates are constant.</summary>
    public static long BytesFor(int capacity, RateSchedule schedule) => schedule == RateSchedule.Constant ? 0 : RowValues<double>.BytesFor(capacity, Width(schedule));

    /// <summary>Counts an event of a row, and gives the multiples of the rates that it is learned with.</summary>
    /// <param name="row">The row.</param>
    /// <param name="factorSquare">Mean square of the gradient of the factors, where <see cref="NeedsSquares"/>.</param>
    /// <param name="biasSquare">Square of that of the bias, likewise.</param>
    public (double Factors, double Bias) Next(int row, double factorSquare, double biasSquare)
    {
        Span<double> values = _values.Change(row);
        if (_schedule == RateSchedule.Adagrad)
        {
            values[0] = Sum(values[0], factorSquare);
            values[1] = Sum(values[1], biasSquare);
            return (1 / Math.Sqrt(values[0] + Smallest), 1 / Math.Sqrt(values[1] + Smallest));
        }

        double divisor = 1 + (_decay * values[0]++), multiple = 1 / (_schedule == RateSchedule.InverseTime ? divisor : Math.Sqrt(divisor));
        return (multiple, multiple);
    }

    /// <summary>The row is given up, or its entity starts anew.</summary>
    public void Clear(int row) => _values.Change(row).Clear();

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer) => _values.Save(ref writer);

    /// <summary>Becomes what was saved, for the entities that there now are.</summary>
    public void Restore(ref StateReader reader)
    {
        _values.Restore(ref reader);
        for (int row = 0; row < _entities.Count; row++)
        {
            foreach (double value in _values.Of(row))
            {
                if (!(value is >= 0 and <= double.MaxValue)) throw new StateMismatchException($"The snapshot has {value} as a number of events, or a sum of squares.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    private static int Width(RateSchedule schedule) => schedule == RateSchedule.Adagrad ? 2 : 1;

    // What is no number is beyond all numbers: the difference of two that are.
    private static double Sum(double sum, double square) => sum + square < double.MaxValue ? sum + square : double.MaxValue;
}
