using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="UserKnn"/>.</summary>
public sealed class UserKnnOptions : BasketOptions
{
    /// <summary>Users that a user is compared with, the most alike, 1 to 1,000; default 50. Raising it hears more voices, and costs time.</summary>
    [Range(1, 1000)]
    public int Neighbours { get; set; } = 50;

    /// <summary>Users of each item among whom neighbours are looked for, the last so many, 1 to 10,000; default 50. Raising it finds more, at a cost in time
    /// and 4 bytes an item in proportion.</summary>
    [Range(1, 10_000)]
    public int Audience { get; set; } = 50;

    /// <summary>Items that are added to what the overlap of two users is divided by, 0 to 1,000,000; default 10. Raising it trusts users with few items
    /// less.</summary>
    [Range(0.0, 1e6)]
    public double Shrinkage { get; set; } = 10;
}
