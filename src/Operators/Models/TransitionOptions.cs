using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Transition"/>.</summary>
public sealed class TransitionOptions : RecommenderOptions
{
    /// <summary>Follow-ups that are counted for each item, 1 to 10,000; default 100. Raising it counts rare ones more exactly, and takes 12 bytes for each
    /// there is room for.</summary>
    [Range(1, 10_000)]
    public int FollowUps { get; set; } = 100;
}
