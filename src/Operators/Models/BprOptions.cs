using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Bpr{T}"/>.</summary>
public sealed class BprOptions : PairwiseOptions
{
    /// <summary>Items drawn on each event, 1 to 1,000; default 10. Raising it learns more from each event, at a cost in time that is proportional.</summary>
    [Range(1, 1000)]
    public int Samples { get; set; } = 10;
}
