namespace Streaming.Operators.Evaluation;

/// <summary>What one rank is worth.</summary>
internal static class RankMeasure
{
    /// <summary>The k of the measures that every ranking has.</summary>
    public const int K = 10;

    /// <summary>The k of the second count of hits.</summary>
    public const int WideK = 20;

    /// <summary>The largest k there is.</summary>
    public const int MaxK = 100;

    private static readonly double[] Gains = [0, .. Enumerable.Range(1, MaxK).Select(rank => 1 / Math.Log2(rank + 1))];

    /// <summary>Discounted gain at rank 1 to <see cref="MaxK"/>: 1 / log2(rank + 1) (Jarvelin, Kekalainen 2002, section 2.2); 0 at 0.</summary>
    public static double Gain(int rank) => Gains[rank];
}
