using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Tests.Models;

/// <summary>A stream with context and a catalogue of items with features, some shared by many, some not listed at all.</summary>
internal static class FeatureLog
{
    public static ItemCatalogue Catalogue(int items)
    {
        ItemCatalogue.Builder builder = new();
        CounterRng rng = new(31, 7);
        for (ulong item = 1; item <= (ulong)items; item++)
        {
            if (item % 5 == 0) continue;
            Feature[] features = [.. Enumerable.Range(0, (int)rng.NextBelow(4)).Select(_ => new Feature(1_000_000 + rng.NextBelow(6), rng.NextBelow(3) == 0 ? .5f : 1))];
            builder.TryAdd(item, features, ItemLife.Always, null);
        }

        return builder.Build();
    }

    /// <summary>The features of the n-th event.</summary>
    public static Feature[] Context(int n)
    {
        CounterRng rng = new(32, (ulong)n);
        return [.. Enumerable.Range(0, (int)rng.NextBelow(3)).Select(_ => new Feature(2_000_000 + rng.NextBelow(4), (float)rng.NextDouble() * 2))];
    }

    /// <summary>The n-th event, without features.</summary>
    public static (ulong User, ulong Item, double Value, long Time) At(int n, ulong users, ulong items)
    {
        CounterRng rng = new(33, (ulong)n);
        return (1 + rng.NextBelow(users), 1 + Math.Min(rng.NextBelow(items), rng.NextBelow(items)), 1 + rng.NextBelow(5), (n * 5_000_000_000L) - 1_000_000_000_000);
    }
}
