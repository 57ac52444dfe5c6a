using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Sketches;

/// <summary>Options of <see cref="SpaceSaving"/>.</summary>
public class SpaceSavingOptions
{
    /// <summary>
    /// Keys that are counted at a time; 1 to 2^24, default 1,024. Raising it lowers the error, at most total / Capacity, and takes about 90 to 120
    /// bytes each.
    /// </summary>
    [Range(1, 1 << 24)]
    public int Capacity { get; set; } = 1024;
}
