using System.Globalization;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// Which measures of a rank are taken, and what a rank is worth in each: for every k whether the item is among the first k (its mean is recall@k, which is the hit rate where
/// one item came) and its discounted gain at k (which is also the normalized one: the ideal gain of one item is 1); the reciprocal rank; the area under the ROC curve, the
/// share of the other candidates that come after the item, whose complement is the percentile rank (Hu, Koren, Volinsky 2008, section 5); and that share among drawn candidates.
/// </summary>
/// <remarks>Immutable. A cold event is worth 0 in all of them, the worst there is.</remarks>
internal sealed class RankMeasures
{
    private readonly int[] _ks;
    private readonly int _depth;
    private readonly int _samples;

    /// <summary>Measures of ranks that are told apart to this depth.</summary>
    /// <param name="depth">Depth; <see cref="int.MaxValue"/> for all.</param>
    /// <param name="ks">The k, ascending, each at most <see cref="RankMeasure.MaxK"/>.</param>
    /// <param name="samples">Candidates drawn an event; 0 for none.</param>
    public RankMeasures(int depth, int[] ks, int samples)
    {
        (_depth, _ks, _samples) = (depth, ks, samples);
        Names =
        [
            .. ks.Select(k => string.Create(CultureInfo.InvariantCulture, $"recall@{k}")),
            .. ks.Select(k => string.Create(CultureInfo.InvariantCulture, $"dcg@{k}")),
            "mrr", "mpr", .. samples > 0 ? ["auc"] : Array.Empty<string>(),
        ];
    }

    /// <summary>The k, ascending.</summary>
    public ReadOnlySpan<int> Ks => _ks;

    /// <summary>Depth at which ranks are told apart.</summary>
    public int Depth => _depth;

    /// <summary>Candidates drawn an event.</summary>
    public int Samples => _samples;

    /// <summary>Number of measures: recall at each k, then gain at each k, then these.</summary>
    public int Count => Names.Count;

    /// <summary>Their names in reports.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Place of the reciprocal rank.</summary>
    public int Reciprocal => 2 * _ks.Length;

    /// <summary>Place of the area under the curve; its mean's complement is the percentile rank.</summary>
    public int Area => Reciprocal + 1;

    /// <summary>Place of the area among drawn candidates, if any are drawn.</summary>
    public int Drawn => Area + 1;

    /// <summary>The place of recall at k; -1 if it is not measured.</summary>
    public int RecallAt(int k) => Array.IndexOf(_ks, k);

    /// <summary>The place of the gain at k; -1 if it is not measured.</summary>
    public int GainAt(int k) => RecallAt(k) is >= 0 and int place ? _ks.Length + place : -1;

    /// <summary>Whether ranks are told apart deep enough for a measure.</summary>
    public bool IsKnown(int measure) => measure == Drawn || _depth >= (measure < Reciprocal ? _ks[measure % _ks.Length] : int.MaxValue);

    /// <summary>A mean as it is reported.</summary>
    public double Shown(int measure, double mean) => measure == Area ? 1 - mean : mean;

    /// <summary>Writes what an event is worth.</summary>
    /// <param name="rank">Its rank; 0 and below for none that counts.</param>
    /// <param name="area">Share of all other candidates after it; NaN where that is not known.</param>
    /// <param name="drawn">Share of the drawn ones; NaN where that is not known.</param>
    /// <param name="worth">Takes <see cref="Count"/> numbers.</param>
    public void Worth(int rank, double area, double drawn, Span<double> worth)
    {
        for (int j = 0; j < _ks.Length; j++)
        {
            bool hit = rank >= 1 && rank <= _ks[j];
            worth[j] = hit ? 1 : 0;
            worth[_ks.Length + j] = hit ? RankMeasure.Gain(rank) : 0;
        }

        worth[Reciprocal] = rank >= 1 ? 1.0 / rank : 0;
        worth[Area] = Share(area);
        if (_samples > 0) worth[Drawn] = Share(drawn);
    }

    private static double Share(double share) => share is >= 0 and <= 1 ? share : double.NaN;
}
