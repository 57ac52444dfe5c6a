using System.Globalization;

namespace Streaming.Operators.Numerics;

/// <summary>A member of the <c>auc@</c> family of columns: over how many drawn candidates, or over all of them.</summary>
public static class AucDemand
{
    /// <summary>Name of the family.</summary>
    public const string Family = "auc";

    /// <summary>The member that looks at all candidates.</summary>
    public const string Full = "full";

    /// <summary>Most candidates drawn for an event.</summary>
    public const int MaxSamples = 1000;

    /// <summary>Name of the column of this member.</summary>
    public static string Column(string member) => $"{Family}@{member}";

    /// <summary>Reads a member: a number of candidates from 1 to <see cref="MaxSamples"/>, or <c>full</c>, for which it gives 0.</summary>
    public static bool TryParse(string text, out int samples)
    {
        samples = 0;
        return text == Full || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out samples) && samples is >= 1 and <= MaxSamples);
    }
}
