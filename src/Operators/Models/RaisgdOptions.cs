using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Raisgd{T}"/>.</summary>
public sealed class RaisgdOptions : IsgdOptions
{
    /// <summary>
    /// Items that an event's user is taught to be indifferent to, 1 to 1,000; default 1. Raising it holds the user's factors down more, at a cost in time that is
    /// proportional.
    /// </summary>
    [Range(1, 1000)]
    public int Negatives { get; set; } = 1;

    /// <summary>
    /// Whether an item that was taken as a negative counts as seen, so that all take turns; default true, as in the reference implementation. If not, only events
    /// count, and items that nobody meets any more are taken again and again.
    /// </summary>
    public bool Rotate { get; set; } = true;
}
