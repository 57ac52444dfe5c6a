using Streaming.Abstractions.Randomness;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// Generates ratings with a planted truth: biases, factors and popularity that a model can find, and noise that none can. Event n is a function of the
/// options and of n alone, so that any part of a log can be made without the parts before it; the same options give the same log on every machine.
/// </summary>
/// <remarks>
/// With the numbers of users and items given, all of them there from the start (<see cref="RatingsOptions.InitialShare"/> 1), and changes placed by the
/// numbers of events, the length of the log does not matter either: a shorter log is the beginning of a longer one. Memory: 8 bytes a factor and 28 for
/// each user and item. Reading is safe from any thread.
/// </remarks>
public sealed class RatingsGenerator
{
    private readonly RatingsOptions _options;
    private readonly Population _users;
    private readonly Population _items;
    private readonly DriftSchedule _drift;
    private readonly LogClock _clock;
    private readonly ulong _eventSeed;

    /// <summary>A generator of the log that <paramref name="options"/> describe; they are valid and do not change afterwards.</summary>
    public RatingsGenerator(RatingsOptions options)
    {
        _options = options;
        _drift = new DriftSchedule(options);
        _clock = new LogClock(options);
        _users = new Population(CounterRng.Derive(options.Seed, "users"), options.FinalUsers, options.ActivityExponent, shift: 0, segments: 1, options);
        _items = new Population(CounterRng.Derive(options.Seed, "items"), options.FinalItems, options.PopularityExponent, options.PopularityShift, _drift.Segments, options);
        _eventSeed = CounterRng.Derive(options.Seed, "events");
    }

    /// <summary>Ratings in the log.</summary>
    public long Events => _options.Events;

    /// <summary>Users that appear in it at most; their ids are 1 to this.</summary>
    public int Users => _options.FinalUsers;

    /// <summary>Items that appear in it at most; their ids are 1 to this.</summary>
    public int Items => _options.FinalItems;

    /// <summary>Everybody who may rate.</summary>
    internal Population UserPopulation => _users;

    /// <summary>Everything that may be rated.</summary>
    internal Population ItemPopulation => _items;

    /// <summary>Where tastes change.</summary>
    internal DriftSchedule Drift => _drift;

    /// <summary>Microseconds from the start to event <paramref name="n"/>.</summary>
    internal long MicrosAt(long n)
    {
        CounterRng rng = new(_eventSeed, (ulong)n);
        return _clock.Micros(n, ref rng);
    }

    /// <summary>The rating at <paramref name="n"/>, 0-based; times never decrease with n.</summary>
    public Rating At(long n)
    {
        CounterRng rng = new(_eventSeed, (ulong)n);
        long micros = _clock.Micros(n, ref rng);
        Tastes tastes = _drift.At(n);
        int user = _users.Draw(_users.At(n), ref rng);
        int present = _items.At(n), item = 0;
        double best = double.NegativeInfinity, affinity = 0;
        for (int c = 0; c < _options.Choices; c++)
        {
            int candidate = _items.Draw(present, ref rng);
            double product = Affinity(user, candidate, tastes), appeal = product + _items.Bias(candidate);
            if (appeal > best) (item, best, affinity) = (candidate, appeal, product);
        }

        double rating = _options.Mean + _users.Bias(user) + _items.Bias(item) + affinity + (_options.NoiseDeviation * rng.NextNormal());
        int half = (int)Math.Clamp(Math.Floor((2 * rating) + 0.5), 1, 10);
        return new Rating(user + 1, item + 1, half, _clock.Seconds(micros));
    }

    private double Affinity(int user, int item, Tastes tastes)
    {
        ReadOnlySpan<double> taste = _users.Factors(user, 0);
        double here = Dot(taste, _items.Factors(item, tastes.Segment));
        return tastes.Next == 0 ? here : tastes.Mix(here, Dot(taste, _items.Factors(item, tastes.Segment + 1)));
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length && k < b.Length; k++) sum += a[k] * b[k];
        return sum;
    }
}
