using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Models;

/// <summary>
/// Gives features buckets by a seeded hash (Weinberger, Dasgupta, Langford, Smola, Attenberg 2009, "Feature hashing for large scale multitask learning"): users,
/// items, features of items and features of the context each by a seed of their own.
/// </summary>
/// <remarks>
/// Two features meet in a bucket with probability 1 / buckets, and then share all that is learned of either; of n features about n / buckets meet another. Safe
/// from any thread.
/// </remarks>
/// <param name="seed">Seed of the hash.</param>
/// <param name="dimensions">Number of buckets; they are numbered from 1.</param>
internal readonly struct FeatureHash(ulong seed, int dimensions)
{
    private const long HourLength = 3_600_000_000;

    private readonly ulong _users = CounterRng.Derive(seed, "users");
    private readonly ulong _items = CounterRng.Derive(seed, "items");
    private readonly ulong _itemFeatures = CounterRng.Derive(seed, "item features");
    private readonly ulong _context = CounterRng.Derive(seed, "context");
    private readonly ulong _hours = CounterRng.Derive(seed, "hours");
    private readonly ulong _weekdays = CounterRng.Derive(seed, "weekdays");

    /// <summary>Number after the last bucket: that of the intercept, which is not hashed.</summary>
    public int Intercept => dimensions + 1;

    /// <summary>Bucket of a user.</summary>
    public int User(ulong user) => Bucket(_users, user);

    /// <summary>Bucket of an item.</summary>
    public int Item(ulong item) => Bucket(_items, item);

    /// <summary>Bucket of a feature of <see cref="ItemCatalogue"/>.</summary>
    public int ItemFeature(ulong key) => Bucket(_itemFeatures, key);

    /// <summary>Bucket of a feature of an event.</summary>
    public int Context(ulong key) => Bucket(_context, key);

    /// <summary>Bucket of the hour of the day, UTC, of a time in microseconds since the Unix epoch.</summary>
    public int Hour(long time) => Bucket(_hours, (ulong)Modulo(FloorDivide(time, HourLength), 24));

    /// <summary>Bucket of the day of the week, UTC, of a time in microseconds since the Unix epoch.</summary>
    public int Weekday(long time) => Bucket(_weekdays, (ulong)Modulo(FloorDivide(time, 24 * HourLength), 7));

    private static long FloorDivide(long a, long b) => (a / b) - (a % b < 0 ? 1 : 0);

    private static long Modulo(long a, long b) => ((a % b) + b) % b;

    private int Bucket(ulong role, ulong key) => 1 + (int)new CounterRng(role, key).NextBelow((ulong)dimensions);
}
