using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>How a user or an item earns a row of its own: options of learners with rows of factors.</summary>
public sealed class AdmissionOptions
{
    /// <summary>
    /// Events of a user or an item from which on it has a row of its own, 1 to 255; default 1: at once. Until then it shares a row with others, is no candidate, and its events are ranked as cold. Raising it
    /// keeps rows for those who come back.
    /// </summary>
    [Range(1, 255)]
    public int After { get; set; } = 1;

    /// <summary>
    /// Rows that users without one share, and as many that items do, 1 to 65,536; default 1,024; within <c>Users</c> and <c>Items</c>. Raising it lets fewer share one.
    /// </summary>
    [Range(1, RowAdmission.MaxSharedRows)]
    public int SharedRows { get; set; } = 1024;

    /// <summary>
    /// Counters of one byte that sightings of users are kept in, and as many for items, 1,024 to 2^30; default 1,048,576; taken only where <see cref="After"/> is above 1. Should be eight times the number of
    /// users that come between two sightings of one that matters: with too few, the rare are taken for frequent.
    /// </summary>
    [Range(1024, 1 << 30)]
    public int Counters { get; set; } = 1 << 20;

    /// <summary>Whether anybody has to wait for a row.</summary>
    internal bool Waits => After > 1;
}
