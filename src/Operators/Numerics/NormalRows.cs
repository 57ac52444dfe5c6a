using System.Globalization;
using System.Numerics;
using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Numerics;

/// <summary>Initial rows of independent normal draws with mean 0, drawn on (seed, entity key), in the order of the factors.</summary>
/// <param name="seed">Seed of this table: users and items of one model have different ones.</param>
/// <param name="sigma">Standard deviation, not negative.</param>
public sealed class NormalRows<T>(ulong seed, double sigma) : IRowInitializer<T>
    where T : unmanaged, INumberBase<T>
{
    /// <inheritdoc/>
    public string Description { get; } = string.Create(CultureInfo.InvariantCulture, $"normal, sigma {sigma:R}, seed {seed}");

    /// <inheritdoc/>
    public void Fill(ulong key, Span<T> row)
    {
        CounterRng rng = new(seed, key);
        for (int i = 0; i < row.Length; i++) row[i] = T.CreateTruncating(sigma * rng.NextNormal());
    }
}
