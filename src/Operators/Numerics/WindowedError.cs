using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Mean absolute and root mean squared error of the last errors (Gama, Sebastiao, Rodrigues 2013, section 3: sliding windows). Errors
/// whose square is not finite are left out. O(log size) an error.
/// </summary>
/// <param name="size">Most errors held, at least 1.</param>
public sealed class WindowedError(int size)
{
    private readonly SlidingSum _absolute = new(size);
    private readonly SlidingSum _squared = new(size);

    /// <summary>Mean absolute error; NaN before the first.</summary>
    public double Mae => _absolute.Sum / _absolute.Count;

    /// <summary>Root mean squared error; NaN before the first.</summary>
    public double Rmse => Math.Sqrt(_squared.Sum / _squared.Count);

    /// <summary>Most bytes of a window of <paramref name="size"/> errors.</summary>
    public static long BytesFor(int size) => 2 * SlidingSum.BytesFor(size);

    /// <summary>Takes prediction minus value.</summary>
    public void Add(double error)
    {
        double squared = error * error;
        if (!double.IsFinite(squared)) return;
        _absolute.Add(Math.Abs(error));
        _squared.Add(squared);
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        _absolute.Save(ref writer);
        _squared.Save(ref writer);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        _absolute.Restore(ref reader);
        _squared.Restore(ref reader);
    }
}
