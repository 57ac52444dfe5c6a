using System.Globalization;
using Streaming.Abstractions.Learning;

namespace Streaming.Ingest.Items;

/// <summary>A file of items, read: the catalogue that it makes, and what was bad in it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Catalogue">The items of its good records.</param>
/// <param name="Records">Number of records, bad ones included.</param>
/// <param name="BadRecords">Number of bad ones; a second record of an item is one.</param>
/// <param name="FirstBad">The first of them, at most <see cref="ShownBad"/>: file, line and reason, and nothing of the record.</param>
public sealed record ItemListing(string Path, ItemCatalogue Catalogue, long Records, long BadRecords, IReadOnlyList<string> FirstBad)
{
    /// <summary>Bad records that are named.</summary>
    public const int ShownBad = 10;

    /// <summary>One line on what the file holds, for people.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Catalogue.Count:N0} items listed in {Path}{(Catalogue.HasLives ? ", some for a part of the time only" : "")}{(BadRecords == 0 ? "" : $"; {BadRecords:N0} of {Records:N0} records are bad, the first: {FirstBad[0]}")}");
}
