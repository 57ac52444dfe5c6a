using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Tests.Models;

/// <summary>Catalogues for tests.</summary>
internal static class ListedItems
{
    /// <summary>The items 1 to <paramref name="items"/>, most of them, with one to four of twelve features, one of them a number; every tenth has none.</summary>
    public static ItemCatalogue Draw(ulong items, ulong seed = 9)
    {
        CounterRng rng = new(seed, 5);
        ItemCatalogue.Builder catalogue = new();
        for (ulong item = 1; item <= items; item++)
        {
            List<Feature> features = [];
            int wanted = item % 10 == 0 ? 0 : 1 + (int)rng.NextBelow(4);
            while (features.Count < wanted)
            {
                ulong key = Key(Math.Min(rng.NextBelow(12), rng.NextBelow(12)));
                if (!features.Any(f => f.Key == key)) features.Add(new Feature(key, key == Key(3) ? (float)(rng.NextDouble() * 100) - 50 : 1));
            }

            if (item % 17 != 0) catalogue.TryAdd(item, features.ToArray(), ItemLife.Always, null);
        }

        return catalogue.Build();
    }

    /// <summary>The key of a feature by its number.</summary>
    public static ulong Key(ulong feature) => (1UL << 32) + (feature * 0x9E3779B97F4A7C15UL);

    /// <summary>A catalogue of items with features of value 1, given by their numbers.</summary>
    public static ItemCatalogue Of(params (ulong Item, ulong[] Features)[] items)
    {
        ItemCatalogue.Builder catalogue = new();
        foreach ((ulong item, ulong[] features) in items) catalogue.TryAdd(item, [.. features.Select(f => new Feature(Key(f), 1))], ItemLife.Always, null);
        return catalogue.Build();
    }
}
