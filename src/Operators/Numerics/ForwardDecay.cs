using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Weights for exponential decay that never ask old sums to be touched: an event weighs 2^((t - landmark) / half-life), more the later it comes, so that sums
/// of weights keep their ratios and their order while nothing is added (Cormode, Shkapenyuk, Srivastava, Xu 2009, "Forward decay: a practical time decay model
/// for streaming systems", section III). When the exponent passes a limit the landmark moves, and all sums are divided by a power of two, which rounds nothing.
/// </summary>
/// <remarks>
/// t counts in any unit; an event out of order weighs less, as it should. A sum that falls below 2^-1074 of the present scale, after some 800 half-lives, is 0.
/// O(1) an event. Half-life 0 is none: every event weighs 1. One caller at a time. State: whether begun, landmark, latest t.
/// </remarks>
/// <param name="halfLife">Units in which a weight halves, positive; 0 for never.</param>
/// <param name="largestExponent">Half-lives after which the landmark moves, 1 to 256. Lowering it keeps sums smaller, and divides them more often.</param>
internal sealed class ForwardDecay(double halfLife, double largestExponent = 256)
{

    private bool _begun;
    private double _landmark;
    private double _latest;

    /// <summary>Weight of an event at the latest t so far, at most 2 to the largest exponent: what sums are divided by to be counts of the present.</summary>
    public double Present { get; private set; } = 1;

    /// <summary>The weight of an event at <paramref name="t"/>, a finite number.</summary>
    /// <param name="t">When it comes.</param>
    /// <param name="shift">Powers of two by which all sums must be divided (<see cref="Math.ScaleB"/>) before it is added; mostly 0.</param>
    public double Weigh(double t, out int shift)
    {
        shift = 0;
        if (halfLife == 0) return 1;
        if (!_begun) (_begun, _landmark, _latest) = (true, t, t);
        if (t <= _latest) return t == _latest ? Present : Weight(t);
        _latest = t;
        double exponent = Math.Floor((t - _landmark) / halfLife);
        if (exponent > largestExponent)
        {
            shift = (int)Math.Min(exponent, 1 << 20);
            _landmark = exponent > shift ? t : _landmark + (exponent * halfLife);
        }

        return Present = Weight(t);
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("half-life", halfLife);
        writer.Write(_begun);
        writer.Write(_landmark);
        writer.Write(_latest);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("half-life", halfLife);
        _begun = reader.ReadBool();
        _landmark = reader.ReadFinite();
        _latest = reader.ReadFinite();
        double exponent = halfLife == 0 ? 0 : (_latest - _landmark) / halfLife;
        if (!(exponent >= -1 && exponent <= largestExponent + 1)) throw new StateMismatchException($"The snapshot has a decay {exponent} half-lives past its landmark; 0 to {largestExponent} is possible.");
        if (halfLife > 0 && _begun) Present = Weight(_latest);
    }

    private double Weight(double t)
    {
        double exponent = (t - _landmark) / halfLife, whole = Math.Floor(exponent);
        return whole < -1100 ? 0 : Math.ScaleB(PortableMath.Exp((exponent - whole) * 0.693147180559945309417), (int)whole);
    }
}
