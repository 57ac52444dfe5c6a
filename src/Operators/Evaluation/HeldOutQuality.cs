namespace Streaming.Operators.Evaluation;

/// <summary>
/// Quality of rankings against sets of held-out items, as batch experiments publish it: one set a user, every measure averaged over users.
/// </summary>
/// <remarks>
/// With n items in the set, h(k) of them among the first k: recall@k = h / min(k, n) (Liang et al. 2018, "Variational autoencoders for collaborative filtering", section 4.2) and
/// recall_all@k = h / n; ndcg@k and ndcg_all@k = sum of 1 / log2(1 + rank) over these by that of an ideal ranking of min(k, n) and of n items; precision@k = h / k; hr@k = 1 where h > 0;
/// map@k = mean over min(k, n) of the precision at each hit, map the same at any depth; mrr = 1 / rank of the first hit. O(n + number of k) a user. One caller at a time.
/// </remarks>
/// <param name="ks">The k, each at least 1.</param>
public sealed class HeldOutQuality(IReadOnlyList<int> ks)
{
    private readonly PerK[] _perK = new PerK[ks.Count];
    private double _precision;
    private double _reciprocal;

    /// <summary>Users taken.</summary>
    public long Users { get; private set; }

    /// <summary>Takes a user.</summary>
    /// <param name="ranks">Ranks of the held-out items that were ranked, from 1, ascending, each once.</param>
    /// <param name="relevant">Number of held-out items, ranked or not; at least 1.</param>
    public void Add(ReadOnlySpan<int> ranks, int relevant)
    {
        Users++;
        double averagePrecision = 0;
        for (int i = 0; i < ranks.Length; i++) averagePrecision += (i + 1.0) / ranks[i];
        _precision += averagePrecision / relevant;
        if (!ranks.IsEmpty) _reciprocal += 1.0 / ranks[0];
        for (int j = 0; j < _perK.Length; j++) Add(ref _perK[j], ks[j], ranks, relevant);
    }

    /// <summary>The measures by name, those of each k first; NaN without users.</summary>
    public IEnumerable<(string Name, double Value)> Measures()
    {
        for (int j = 0; j < ks.Count; j++)
        {
            PerK sums = _perK[j];
            yield return ($"recall@{ks[j]}", sums.Recall / Users);
            yield return ($"recall_all@{ks[j]}", sums.RecallOfAll / Users);
            yield return ($"ndcg@{ks[j]}", sums.Ndcg / Users);
            yield return ($"ndcg_all@{ks[j]}", sums.NdcgOfAll / Users);
            yield return ($"precision@{ks[j]}", sums.Precision / Users);
            yield return ($"hr@{ks[j]}", sums.Hit / Users);
            yield return ($"map@{ks[j]}", sums.AveragePrecision / Users);
        }

        yield return ("map", _precision / Users);
        yield return ("mrr", _reciprocal / Users);
    }

    private static void Add(ref PerK sums, int k, ReadOnlySpan<int> ranks, int relevant)
    {
        int hits = 0;
        double gain = 0, precision = 0;
        while (hits < ranks.Length && ranks[hits] <= k)
        {
            gain += Gain(ranks[hits]);
            hits++;
            precision += (double)hits / ranks[hits - 1];
        }

        int most = Math.Min(k, relevant);
        sums.Recall += (double)hits / most;
        sums.RecallOfAll += (double)hits / relevant;
        sums.Ndcg += gain / Ideal(most);
        sums.NdcgOfAll += gain / Ideal(relevant);
        sums.Precision += (double)hits / k;
        sums.Hit += hits > 0 ? 1 : 0;
        sums.AveragePrecision += precision / most;
    }

    private static double Gain(int rank) => 1 / Math.Log2(rank + 1.0);

    private static double Ideal(int items)
    {
        double sum = 0;
        for (int rank = 1; rank <= items; rank++) sum += Gain(rank);
        return sum;
    }

    private struct PerK
    {
        public double Recall;
        public double RecallOfAll;
        public double Ndcg;
        public double NdcgOfAll;
        public double Precision;
        public double Hit;
        public double AveragePrecision;
    }
}
