using System.Globalization;
using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Numerics;

/// <summary>A member of the <c>top@</c> family of columns: how many items a reader wants listed, and for which users.</summary>
/// <param name="K">Items in a list, 1 to <see cref="MaxK"/>.</param>
/// <param name="Sample">One user in so many is listed, 1 to <see cref="MaxSample"/>.</param>
public readonly record struct TopDemand(int K, int Sample)
{
    /// <summary>Name of the family.</summary>
    public const string Family = "top";

    /// <summary>Most items in a list.</summary>
    public const int MaxK = 100;

    /// <summary>Most users for one that is listed.</summary>
    public const int MaxSample = 1 << 20;

    private const ulong SampleSeed = 0x746F70; // the same in every pipeline

    /// <summary>The member's one spelling: <c>K</c>, or <c>K/N</c> where one user in N is listed.</summary>
    public string Member => Sample == 1 ? K.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{K}/{Sample}");

    /// <summary>Name of the column.</summary>
    public string Column => $"{Family}@{Member}";

    /// <summary>Reads a member as users write it: <c>K</c> or <c>K/N</c>.</summary>
    public static bool TryParse(string text, out TopDemand demand)
    {
        int slash = text.IndexOf('/');
        int sample = 1;
        bool valid = int.TryParse(text.AsSpan(0, slash < 0 ? text.Length : slash), NumberStyles.None, CultureInfo.InvariantCulture, out int k) && k is >= 1 and <= MaxK;
        if (slash >= 0) valid &= int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out sample) && sample is >= 1 and <= MaxSample;
        demand = new TopDemand(k, sample);
        return valid;
    }

    /// <summary>Whether the user with this key is listed: always, or never. Of two samples the smaller is part of the larger.</summary>
    public bool Includes(ulong user) => Sample == 1 || new CounterRng(SampleSeed, user).NextBelow((ulong)Sample) == 0;
}
