namespace Streaming.Operators.Evaluation;

/// <summary>
/// How alike two lists of different items are: Jaccard's |A and B| / |A or B| (Jaccard 1912), which is blind to order, and extrapolated rank-biased
/// overlap (Webber, Moffat, Zobel 2010, "A similarity measure for indefinite rankings", equation 32), for which the first ranks matter most. Both
/// lie in [0, 1] and are symmetric; 1 is for equal lists.
/// </summary>
/// <remarks>
/// Lists may differ in length: with s and l the shorter and the longer, and X(d) the items common to the first d of each (to all s of the shorter
/// beyond it), RBO = (1-p)/p (sum over d from 1 to l of X(d)/d p^d + sum over d from s+1 to l of X(s)(d-s)/(s d) p^d) + ((X(l) - X(s))/l + X(s)/s) p^l.
/// O(l^2), nothing is allocated. Immutable.
/// </remarks>
public sealed class ListOverlap
{
    private readonly double[] _weights;
    private readonly double[] _tails;

    /// <summary>A measure of lists of at most <paramref name="longest"/> items.</summary>
    /// <param name="longest">Most items, at least 1.</param>
    /// <param name="persistence">p of rank-biased overlap, in (0, 1).</param>
    public ListOverlap(int longest, double persistence)
    {
        // (1 - p)/p p^d, and p^d, at d.
        (_weights, _tails) = (new double[longest + 1], new double[longest + 1]);
        double power = 1;
        for (int d = 1; d <= longest; d++)
        {
            _weights[d] = (1 - persistence) * power;
            power *= persistence;
            _tails[d] = power;
        }
    }

    /// <summary>Compares two lists, neither of them empty or with an item twice.</summary>
    public (double Jaccard, double Rbo) Compare(ReadOnlySpan<ulong> one, ReadOnlySpan<ulong> other)
    {
        ReadOnlySpan<ulong> shorter = one.Length <= other.Length ? one : other, longer = one.Length <= other.Length ? other : one;
        int s = shorter.Length, l = longer.Length, common = 0;
        double sum = 0;
        for (int d = 1; d <= s; d++)
        {
            if (shorter[d - 1] == longer[d - 1]) common++;
            else common += (longer[..(d - 1)].Contains(shorter[d - 1]) ? 1 : 0) + (shorter[..(d - 1)].Contains(longer[d - 1]) ? 1 : 0);
            sum += _weights[d] * common / d;
        }

        int first = common;
        for (int d = s + 1; d <= l; d++)
        {
            if (shorter.Contains(longer[d - 1])) common++;
            sum += _weights[d] * (common + ((double)first * (d - s) / s)) / d;
        }

        double rbo = sum + (_tails[l] * (((double)(common - first) / l) + ((double)first / s)));
        return ((double)common / (s + l - common), Math.Min(rbo, 1)); // rounding must not lift it above what it can be
    }
}
