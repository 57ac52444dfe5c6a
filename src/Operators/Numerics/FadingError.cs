using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Mean absolute and root mean squared error where an error that lies n errors back has the weight alpha^n (Gama, Sebastiao, Rodrigues 2013,
/// section 3: fading factors). Errors that would make the sum of squares overflow are left out.
/// </summary>
/// <param name="alpha">Fading factor in (0, 1]; nearer to 1 remembers longer, 1 never forgets.</param>
public struct FadingError(double alpha)
{
    private double _absolute;
    private double _squared;
    private double _weight;

    /// <summary>Mean absolute error; NaN before the first.</summary>
    public readonly double Mae => _absolute / _weight;

    /// <summary>Root mean squared error; NaN before the first.</summary>
    public readonly double Rmse => Math.Sqrt(_squared / _weight);

    /// <summary>Takes prediction minus value.</summary>
    public void Add(double error)
    {
        double squared = (alpha * _squared) + (error * error);
        if (!double.IsFinite(squared)) return;
        _absolute = (alpha * _absolute) + Math.Abs(error);
        _squared = squared;
        _weight = (alpha * _weight) + 1;
    }

    /// <summary>Writes the state.</summary>
    public readonly void Save(ref StateWriter writer)
    {
        writer.Shape("fading", alpha);
        writer.Write(_absolute);
        writer.Write(_squared);
        writer.Write(_weight);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("fading", alpha);
        _absolute = reader.ReadFinite();
        _squared = reader.ReadFinite();
        _weight = reader.ReadFinite();
    }
}
