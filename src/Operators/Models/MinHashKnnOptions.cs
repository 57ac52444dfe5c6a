using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="MinHashKnn"/>.</summary>
public sealed class MinHashKnnOptions : BasketOptions
{
    /// <summary>Bands of a signature, 1 to 256; default 20. Raising it finds less similar items, at a cost in time and memory in proportion.</summary>
    [Range(1, 256)]
    public int Bands { get; set; } = 20;

    /// <summary>
    /// Hashes of a band, 1 to 64; default 2, and at most 1,024 in all bands. Two items of Jaccard similarity J are compared with probability 1 - (1 -
    /// J^hashes)^bands, half of
    /// them at about J = (1 / bands)^(1 / hashes). Raising it compares fewer items, and estimates more exactly.
    /// </summary>
    [Range(1, 64)]
    public int BandHashes { get; set; } = 2;

    /// <summary>Items of a bucket that are looked at, those that came into it last, 1 to 100,000; default 50. Raising it finds more where many items have the
    /// same users, at a cost in time.</summary>
    [Range(1, 100_000)]
    public int Candidates { get; set; } = 50;

    /// <inheritdoc/>
    public override IEnumerable<(string Option, string Message)> Validate()
    {
        foreach ((string Option, string Message) mistake in base.Validate()) yield return mistake;
        if (Bands * BandHashes > 1024) yield return (nameof(BandHashes), FormattableString.Invariant($"{Bands} bands of {BandHashes} hashes are found; 1,024 hashes in all are allowed."));
    }
}
