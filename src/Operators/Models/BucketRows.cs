using System.Globalization;
using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Rows that buckets of features start with: latents drawn normally on (seed, bucket), the weight 0. The intercept starts with no latents and its value.</summary>
/// <param name="seed">Seed of the draws.</param>
/// <param name="sigma">Standard deviation of latents, not negative.</param>
/// <param name="interceptKey">Number of the intercept's bucket.</param>
/// <param name="intercept">Value the intercept starts with.</param>
internal sealed class BucketRows<T>(ulong seed, double sigma, int interceptKey, double intercept) : IRowInitializer<T>
    where T : unmanaged, INumberBase<T>
{
    /// <inheritdoc/>
    public string Description { get; } = string.Create(CultureInfo.InvariantCulture, $"features, sigma {sigma:R}, intercept {intercept:R}, seed {seed}");

    /// <inheritdoc/>
    public void Fill(ulong key, Span<T> row)
    {
        bool isIntercept = key == (ulong)interceptKey;
        CounterRng rng = new(seed, key);
        for (int i = 0; i < row.Length - 1; i++) row[i] = isIntercept ? T.Zero : T.CreateTruncating(sigma * rng.NextNormal());
        row[^1] = isIntercept ? T.CreateTruncating(intercept) : T.Zero;
    }
}
