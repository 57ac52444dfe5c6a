namespace Streaming.Operators.Evaluation;

/// <summary>How unevenly something is spread (Gini 1912).</summary>
internal static class Concentration
{
    /// <summary>
    /// The Gini coefficient of <paramref name="parts"/>, none of them negative, and of as many zeros as there are beside them: sum of (2 i - n - 1) x(i) over n times their sum, with
    /// x ascending and i from 1. 0 where all are equal, (n - 1) / n where one has everything; NaN where there is nothing to spread. O(parts log parts).
    /// </summary>
    /// <param name="parts">The parts; sorted afterwards.</param>
    /// <param name="zeros">Number of parts that are 0.</param>
    public static double Gini(Span<double> parts, long zeros)
    {
        parts.Sort();
        double n = parts.Length + zeros, sum = 0, weighted = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            sum += parts[i];
            weighted += ((2 * (zeros + i + 1)) - n - 1) * parts[i];
        }

        return sum > 0 ? weighted / (n * sum) : double.NaN;
    }
}
