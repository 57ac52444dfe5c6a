using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Mean absolute and root mean squared error of everything so far (Gama, Sebastiao, Rodrigues 2013, "On evaluating stream learning algorithms": prequential
/// error).
/// </summary>
/// <remarks>An error that would make the sum of squares overflow is left out and counted, so that one absurd value does not take the measure away. A value
/// type: one caller at a time.</remarks>
public struct RunningError
{
    private double _absolute;
    private double _squared;

    /// <summary>Errors taken in.</summary>
    public long Count { get; private set; }

    /// <summary>Errors left out.</summary>
    public long NonFinite { get; private set; }

    /// <summary>Mean absolute error; NaN before the first.</summary>
    public readonly double Mae => _absolute / Count;

    /// <summary>Root mean squared error; NaN before the first.</summary>
    public readonly double Rmse => Math.Sqrt(_squared / Count);

    /// <summary>Takes prediction minus value.</summary>
    public void Add(double error)
    {
        double squared = _squared + (error * error);
        if (!double.IsFinite(squared))
        {
            NonFinite++;
            return;
        }

        _absolute += Math.Abs(error);
        _squared = squared;
        Count++;
    }

    /// <summary>Writes the state.</summary>
    public readonly void Save(ref StateWriter writer)
    {
        writer.Write(Count);
        writer.Write(NonFinite);
        writer.Write(_absolute);
        writer.Write(_squared);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        Count = reader.ReadCount();
        NonFinite = reader.ReadCount();
        _absolute = reader.ReadFinite();
        _squared = reader.ReadFinite();
    }
}
