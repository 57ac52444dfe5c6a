using Streaming.Abstractions.Randomness;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// Draws an index with probability proportional to its weight in constant time: the alias method (Walker 1977; built as in Vose 1991, "A linear
/// algorithm for generating random numbers with a given distribution"). 12 bytes an index.
/// </summary>
internal sealed class WeightedChoice
{
    private readonly double[] _keep;
    private readonly int[] _alias;

    /// <summary>A table for <paramref name="weights"/>, positive numbers; linear in their number.</summary>
    public WeightedChoice(ReadOnlySpan<double> weights)
    {
        int n = weights.Length;
        _keep = new double[n];
        _alias = new int[n];
        double sum = 0;
        foreach (double w in weights) sum += w;
        int[] work = new int[n];
        int small = 0, large = n;
        for (int i = 0; i < n; i++)
        {
            _keep[i] = weights[i] / sum * n;
            if (_keep[i] < 1) work[small++] = i;
            else work[--large] = i;
        }

        // Each round settles one light index: its cell is filled up by a heavy one, which may become light itself.
        int heavy = large;
        for (int light = 0; light < small && heavy < n; light++)
        {
            int l = work[light], h = work[heavy];
            _alias[l] = h;
            _keep[h] -= 1 - _keep[l];
            if (_keep[h] >= 1) continue;
            heavy++;
            work[small++] = h;
        }

        // What is left over is 1 but for rounding.
        for (int i = heavy; i < n; i++) _keep[work[i]] = 1;
    }

    /// <summary>An index, by one draw of <paramref name="rng"/>.</summary>
    public int Draw(ref CounterRng rng)
    {
        double place = rng.NextDouble() * _keep.Length;
        int cell = (int)place;
        return place - cell < _keep[cell] ? cell : _alias[cell];
    }
}
