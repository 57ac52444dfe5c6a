using Streaming.Abstractions.Randomness;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// Generates ratings with a planted truth: biases, factors and popularity that a model can find, and noise that none can. Event n is a function of the
/// options and of n alone, so that any part of a log can be made without the parts before it; the same options give the same log on every machine.
/// </summary>
/// <remarks>Memory: 8 bytes a factor and 28 for each user and item. Reading is safe from any thread.</remarks>
public sealed class RatingsGenerator
{
    private readonly RatingsOptions _options;
    private readonly Population _users;
    private readonly Population _items;
    private readonly ulong _eventSeed;
    private readonly long _driftAt;
    private readonly long _stepMicros;

    /// <summary>A generator of the log that <paramref name="options"/> describe; they are valid and do not change afterwards.</summary>
    public RatingsGenerator(RatingsOptions options)
    {
        _options = options;
        _users = new Population(CounterRng.Derive(options.Seed, "users"), options.FinalUsers, options.ActivityExponent, shift: 0, drifts: false, options);
        _items = new Population(CounterRng.Derive(options.Seed, "items"), options.FinalItems, options.PopularityExponent, options.PopularityShift, options.DriftAt is not null, options);
        _eventSeed = CounterRng.Derive(options.Seed, "events");
        _driftAt = options.DriftAt switch
        {
            null => long.MaxValue,
            double at and < 1 => (long)(at * options.Events),
            double at => (long)at,
        };
        _stepMicros = (long)(options.SecondsBetween * 1e6);
    }

    /// <summary>Ratings in the log.</summary>
    public long Events => _options.Events;

    /// <summary>Users that appear in it at most; their ids are 1 to this.</summary>
    public int Users => _options.FinalUsers;

    /// <summary>Items that appear in it at most; their ids are 1 to this.</summary>
    public int Items => _options.FinalItems;

    /// <summary>The rating at <paramref name="n"/>, 0-based; times never decrease with n.</summary>
    public Rating At(long n)
    {
        CounterRng rng = new(_eventSeed, (ulong)n);
        bool drifted = n >= _driftAt;
        long micros = (n * _stepMicros) + (long)rng.NextBelow((ulong)_stepMicros);
        int user = _users.Draw(_users.At(n), ref rng);
        ReadOnlySpan<double> taste = _users.Factors(user, false);
        int present = _items.At(n), item = 0;
        double best = double.NegativeInfinity, affinity = 0;
        for (int c = 0; c < _options.Choices; c++)
        {
            int candidate = _items.Draw(present, ref rng);
            double product = Dot(taste, _items.Factors(candidate, drifted)), appeal = product + _items.Bias(candidate);
            if (appeal > best) (item, best, affinity) = (candidate, appeal, product);
        }

        double rating = _options.Mean + _users.Bias(user) + _items.Bias(item) + affinity + (_options.NoiseDeviation * rng.NextNormal());
        int half = (int)Math.Clamp(Math.Floor((2 * rating) + 0.5), 1, 10);
        return new Rating(user + 1, item + 1, half, _options.Start + (micros / 1_000_000));
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length && k < b.Length; k++) sum += a[k] * b[k];
        return sum;
    }
}
