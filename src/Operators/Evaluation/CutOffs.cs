using System.Globalization;

namespace Streaming.Operators.Evaluation;

/// <summary>The k at which ranks can be measured (recall@k, dcg@k). A closed list, so that the names of measures and metrics are one too.</summary>
public static class CutOffs
{
    /// <summary>All that can be asked for, ascending.</summary>
    public static IReadOnlyList<int> All { get; } = [1, 5, 10, 20, 50, 100];

    /// <summary>Whether k is one of them.</summary>
    public static bool Has(int k) => All.Contains(k);

    /// <summary>Reads a list as users write it, <c>10,20</c>: at least one of <see cref="All"/>, none of them twice. Gives it ascending.</summary>
    public static bool TryParse(string text, out int[] ks)
    {
        List<int> found = [];
        foreach (string part in text.Split(','))
        {
            if (int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int k) && Has(k) && !found.Contains(k)) found.Add(k);
            else found.Add(0);
        }

        found.Sort();
        ks = [.. found];
        return ks[0] > 0;
    }
}
