using System.Globalization;

namespace Streaming.Operators.Numerics;

/// <summary>A member of the <c>rank@</c> family of columns: how deep a reader wants ranks to be told apart.</summary>
public static class RankDemand
{
    /// <summary>Name of the family.</summary>
    public const string Family = "rank";

    /// <summary>The member that asks for exact ranks at any depth.</summary>
    public const string Full = "full";

    /// <summary>Largest depth that is not <see cref="Full"/>.</summary>
    public const int MaxDepth = 1000;

    /// <summary>
    /// Reads a depth as users write it: a number from 1 to <see cref="MaxDepth"/>, or <c>full</c>. Gives the member's one spelling and the depth
    /// (<see cref="int.MaxValue"/> for <c>full</c>).
    /// </summary>
    public static bool TryParse(string text, out string member, out int depth)
    {
        if (string.Equals(text, Full, StringComparison.OrdinalIgnoreCase))
        {
            (member, depth) = (Full, int.MaxValue);
            return true;
        }

        bool valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out depth) && depth is >= 1 and <= MaxDepth;
        member = depth.ToString(CultureInfo.InvariantCulture);
        return valid;
    }
}
