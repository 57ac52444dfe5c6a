using Streaming.Abstractions.Randomness;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// The users or the items of a generated log: how popular each is, its bias and factors, and how many have appeared. Everything of an entity is drawn
/// on (seed, kind, entity) and so does not depend on how many others there are.
/// </summary>
internal sealed class Population
{
    private const int Redraws = 32;

    private readonly WeightedChoice _choice;
    private readonly double[] _biases;
    private readonly double[][] _factors;
    private readonly int _width;
    private readonly int _initial;
    private readonly double _growth;
    private readonly ulong _seed;
    private readonly double _exponent;
    private readonly double _shift;

    /// <summary>A population of <paramref name="count"/> entities at the end of the log.</summary>
    /// <param name="seed">Of this kind of entity.</param>
    /// <param name="count">Entities at the end.</param>
    /// <param name="exponent">Of the power law of popularity.</param>
    /// <param name="shift">Of the power law, as a share of the entities: flattens its head.</param>
    /// <param name="segments">Sets of factors, at least 1.</param>
    /// <param name="options">Everything else.</param>
    public Population(ulong seed, int count, double exponent, double shift, int segments, RatingsOptions options)
    {
        (_seed, _exponent, _shift) = (seed, exponent, shift);
        _width = options.Factors;
        _initial = Math.Max(1, (int)(count * options.InitialShare));
        _growth = (count - _initial) / (double)options.Events;
        _biases = new double[count];
        _factors = new double[segments][];
        for (int s = 0; s < segments; s++) _factors[s] = new double[count * _width];
        double[] weights = new double[count];
        double scale = options.FactorScale;
        for (int i = 0; i < count; i++)
        {
            CounterRng rng = new(seed, (ulong)i);
            weights[i] = WeightOf(ref rng);
            _biases[i] = options.BiasDeviation * rng.NextNormal();
            foreach (double[] factors in _factors)
            {
                for (int k = 0; k < _width; k++) factors[(i * _width) + k] = scale * rng.NextNormal();
            }
        }

        _choice = new WeightedChoice(weights);
    }

    /// <summary>Entities that have appeared when event <paramref name="n"/> happens: it grows evenly.</summary>
    public int At(long n) => Math.Min(_biases.Length, _initial + (int)(_growth * n));

    /// <summary>One of the first <paramref name="present"/> entities by popularity; evenly if chance gives none of them 32 times.</summary>
    public int Draw(int present, ref CounterRng rng)
    {
        for (int i = 0; i < Redraws; i++)
        {
            int drawn = _choice.Draw(ref rng);
            if (drawn < present) return drawn;
        }

        return (int)rng.NextBelow((ulong)present);
    }

    /// <summary>What an entity's popularity is proportional to; drawn again, for those few that are asked for.</summary>
    public double Weight(int entity)
    {
        CounterRng rng = new(_seed, (ulong)entity);
        return WeightOf(ref rng);
    }

    /// <summary>Bias of an entity, in rating points.</summary>
    public double Bias(int entity) => _biases[entity];

    /// <summary>Factors of an entity in a segment.</summary>
    public ReadOnlySpan<double> Factors(int entity, int segment) => _factors[segment].AsSpan(entity * _width, _width);

    /// <summary>The k-th smallest of n uniform numbers is about k/n: their powers follow Zipf's law.</summary>
    private double WeightOf(ref CounterRng rng) => PortableMath.Pow(_shift + Math.Max(0.5 / _biases.Length, rng.NextOpenDouble()), -_exponent);
}
