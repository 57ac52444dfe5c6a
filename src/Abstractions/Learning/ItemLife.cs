namespace Streaming.Abstractions.Learning;

/// <summary>When an item may be offered: from its birth until it expires, microseconds since the Unix epoch.</summary>
/// <param name="Born">The first moment.</param>
/// <param name="Expires">The first moment after.</param>
public readonly record struct ItemLife(long Born, long Expires)
{
    /// <summary>An item that may always be offered.</summary>
    public static ItemLife Always => new(long.MinValue, long.MaxValue);

    /// <summary>Whether it may be offered at this time.</summary>
    public bool Includes(long time) => time >= Born && (time < Expires || Expires == long.MaxValue);
}
