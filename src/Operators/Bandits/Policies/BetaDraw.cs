using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>
/// Draws from beta and gamma distributions (Marsaglia, Tsang 2000, "A simple method for generating gamma variables", section 4; for shapes below 1 its
/// section 6), by operations whose results are the same on every machine.
/// </summary>
/// <remarks>Two to three uniform draws a gamma draw on average; their number depends on what they are.</remarks>
internal static class BetaDraw
{
    /// <summary>A draw from Beta(a, b), both positive: X / (X + Y) for gamma draws X and Y.</summary>
    public static double Next(ref CounterRng rng, double a, double b)
    {
        // A gamma draw of a shape far below 1 may be too small for a double, and both may be: their ratio is not.
        if (a < 1 || b < 1) return 1 / (1 + PortableMath.Exp(-(LogGamma(ref rng, a) - LogGamma(ref rng, b))));
        double x = Gamma(ref rng, a), y = Gamma(ref rng, b);
        return x / (x + y);
    }

    /// <summary>A draw from the gamma distribution with a shape of at least 1 and scale 1.</summary>
    public static double Gamma(ref CounterRng rng, double shape)
    {
        double d = shape - (1.0 / 3), c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = rng.NextNormal(), root = 1 + (c * x);
            if (!(root > 0)) continue;
            double v = root * root * root, u = rng.NextOpenDouble(), x2 = x * x;
            if (u < 1 - (0.0331 * x2 * x2)) return d * v;
            if (PortableMath.Log(u) < (0.5 * x2) + (d * (1 - v + PortableMath.Log(v)))) return d * v;
        }
    }

    private static double LogGamma(ref CounterRng rng, double shape) => shape >= 1
        ? PortableMath.Log(Gamma(ref rng, shape))
        : PortableMath.Log(Gamma(ref rng, shape + 1)) + (PortableMath.Log(rng.NextOpenDouble()) / shape);
}
