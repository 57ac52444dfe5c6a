using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>
/// Draws from the gamma distribution of one shape and scale 1 (Marsaglia, Tsang 2000, "A simple method for generating gamma variables", section 4; for
/// shapes below 1 its section 6), by operations whose results are the same on every machine.
/// </summary>
/// <remarks>About two uniform draws a draw on average; their number depends on what they are. What the shape alone decides is calculated once. Immutable.</remarks>
internal readonly struct GammaDraw
{
    private readonly double _shape;
    private readonly double _d;
    private readonly double _c;

    /// <summary>The distribution of a shape above 0.</summary>
    public GammaDraw(double shape)
    {
        _shape = shape;
        _d = (shape < 1 ? shape + 1 : shape) - (1.0 / 3);
        _c = 1 / Math.Sqrt(9 * _d);
    }

    /// <summary>Whether the shape is below 1: then a draw may be too small for a double, and only <see cref="NextLog"/> has it.</summary>
    public bool IsBelowOne => _shape < 1;

    /// <summary>A draw, for a shape of at least 1; for a smaller one, of the shape that is greater by 1.</summary>
    public double Next(ref CounterRng rng)
    {
        while (true)
        {
            double x = NormalDraw.Next(ref rng), root = 1 + (_c * x);
            if (!(root > 0)) continue;
            double v = root * root * root, u = rng.NextOpenDouble(), x2 = x * x;
            if (u < 1 - (0.0331 * x2 * x2)) return _d * v;
            if (PortableMath.Log(u) < (0.5 * x2) + (_d * (1 - v + PortableMath.Log(v)))) return _d * v;
        }
    }

    /// <summary>Logarithm of a draw, for any shape.</summary>
    public double NextLog(ref CounterRng rng)
    {
        double log = PortableMath.Log(Next(ref rng));
        return IsBelowOne ? log + (PortableMath.Log(rng.NextOpenDouble()) / _shape) : log;
    }
}
