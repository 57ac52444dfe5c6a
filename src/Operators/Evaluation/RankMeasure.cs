namespace Streaming.Operators.Evaluation;

/// <summary>What one rank is worth.</summary>
internal static class RankMeasure
{
    /// <summary>The k of recall@k and dcg@k.</summary>
    public const int K = 10;

    /// <summary>The k of the second count of hits.</summary>
    public const int WideK = 20;

    private static readonly double[] Gains = [0, .. Enumerable.Range(1, K).Select(rank => 1 / Math.Log2(rank + 1))];

    /// <summary>Discounted gain at rank 1 to <see cref="K"/>: 1 / log2(rank + 1) (Jarvelin, Kekalainen 2002, section 2.2); 0 at 0.</summary>
    public static double Gain(int rank) => Gains[rank];
}
