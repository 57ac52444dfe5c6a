using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits.Regret;

/// <summary>
/// How regret grows with time: the slope of log regret on log time. About 1 for a policy that never learns, 1/2 for one that learns as fast as can be
/// promised whatever the arms (Lattimore, Szepesvari 2020, "Bandit Algorithms", chapter 9), near 0 where the gaps are wide.
/// </summary>
/// <remarks>
/// Regret is kept at t = 100 and then at times that grow by a sixteenth, and interpolated between them in logarithms: at most 700 points of 16 bytes,
/// whatever the length of the stream. O(1) an event. One caller at a time. State: the points.
/// </remarks>
public sealed class RegretCurve
{
    private const int First = 100;
    private const int Shortest = 2 * First;
    private const int Samples = 50;
    private const int Capacity = 700;

    private readonly long[] _times = new long[Capacity];
    private readonly double[] _regrets = new double[Capacity];
    private int _count;

    /// <summary>Bytes of a curve.</summary>
    public static long Bytes => (16L * Capacity) + 128;

    /// <summary>Whether the regret at time <paramref name="t"/> is to be added. Times are asked for in order, 1, 2, 3, ...</summary>
    public bool IsDue(long t) => t >= Next && _count < Capacity;

    private long Next => _count == 0 ? First : _times[_count - 1] + (_times[_count - 1] >> 4);

    /// <summary>Adds a point that <see cref="IsDue"/>.</summary>
    /// <param name="t">Decisions so far.</param>
    /// <param name="regret">Regret so far; NaN where it cannot be known.</param>
    public void Add(long t, double regret)
    {
        (_times[_count], _regrets[_count]) = (t, regret);
        _count++;
    }

    /// <summary>
    /// Least-squares slope of log regret on log time over 50 points equally spaced in log time from t = 100 to now; NaN before t = 200, and where a regret
    /// in between is not positive. O(points).
    /// </summary>
    /// <param name="t">Decisions so far.</param>
    /// <param name="regret">Regret so far.</param>
    public double Exponent(long t, double regret)
    {
        if (t < Shortest || _count == 0 || !(regret > 0)) return double.NaN;
        double from = Math.Log(_times[0]), step = (Math.Log(t) - from) / (Samples - 1), middle = from + (step * (Samples - 1) / 2);
        double products = 0, squares = 0;
        for (int i = 0, left = 0; i < Samples; i++)
        {
            double x = from + (step * i);
            while (left + 1 < _count && Math.Log(_times[left + 1]) <= x) left++;
            (double x0, double y0) = (Math.Log(_times[left]), LogOf(_regrets[left]));
            bool last = left + 1 == _count;
            (double x1, double y1) = (Math.Log(last ? t : _times[left + 1]), LogOf(last ? regret : _regrets[left + 1]));
            double y = x1 > x0 ? y0 + ((y1 - y0) * (x - x0) / (x1 - x0)) : y0;
            products += (x - middle) * y;
            squares += (x - middle) * (x - middle);
        }

        return products / squares;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.WriteSpan<long>(_times.AsSpan(0, _count));
        writer.WriteRaw<double>(_regrets.AsSpan(0, _count));
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        int count = reader.ReadLength(Capacity);
        for (_count = 0; _count < count; _count++)
        {
            long next = Next;
            _times[_count] = reader.ReadCount();
            if (_times[_count] != next) throw new StateMismatchException($"The snapshot has a point of the regret curve at {_times[_count]}; {next} is its place.");
        }

        reader.ReadRaw(_regrets.AsSpan(0, count));
    }

    private static double LogOf(double regret) => regret > 0 ? Math.Log(regret) : double.NaN;
}
