using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Mean absolute and root mean squared error of the last errors (Gama, Sebastiao, Rodrigues 2013, section 3: sliding windows). Errors
/// whose square is not finite are left out. Amortized constant time and 16 bytes an error.
/// </summary>
/// <param name="size">Most errors held, at least 1.</param>
public sealed class WindowedError(int size)
{
    private readonly double[] _absoluteErrors = new double[size];
    private readonly double[] _squaredErrors = new double[size];
    private SlidingSum _absolute;
    private SlidingSum _squared;

    /// <summary>Mean absolute error; NaN before the first.</summary>
    public double Mae => _absolute.Sum(_absoluteErrors) / _absolute.Count;

    /// <summary>Root mean squared error; NaN before the first.</summary>
    public double Rmse => Math.Sqrt(_squared.Sum(_squaredErrors) / _squared.Count);

    /// <summary>Most bytes of a window of <paramref name="size"/> errors.</summary>
    public static long BytesFor(int size) => (2L * sizeof(double) * size) + 128;

    /// <summary>Takes prediction minus value.</summary>
    public void Add(double error)
    {
        double squared = error * error;
        if (!double.IsFinite(squared)) return;
        _absolute.Add(_absoluteErrors, Math.Abs(error));
        _squared.Add(_squaredErrors, squared);
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("window", _absoluteErrors.Length);
        _absolute.Save(ref writer, _absoluteErrors);
        _squared.Save(ref writer, _squaredErrors);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("window", _absoluteErrors.Length);
        _absolute.Restore(ref reader, _absoluteErrors);
        _squared.Restore(ref reader, _squaredErrors);
    }
}
