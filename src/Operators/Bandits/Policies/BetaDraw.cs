using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>Draws from the beta distribution of one pair of parameters, X / (X + Y) for gamma draws X and Y; see <see cref="GammaDraw"/>.</summary>
/// <param name="a">First parameter, above 0: successes and what is believed beforehand.</param>
/// <param name="b">Second parameter, above 0: failures.</param>
internal readonly struct BetaDraw(double a, double b)
{
    private readonly GammaDraw _x = new(a);
    private readonly GammaDraw _y = new(b);

    /// <summary>The next draw.</summary>
    public double Next(ref CounterRng rng)
    {
        // A gamma draw of a shape far below 1 may be too small for a double, and both may be: their ratio is not.
        if (_x.IsBelowOne || _y.IsBelowOne) return 1 / (1 + PortableMath.Exp(-(_x.NextLog(ref rng) - _y.NextLog(ref rng))));
        double x = _x.Next(ref rng), y = _y.Next(ref rng);
        return x / (x + y);
    }
}
