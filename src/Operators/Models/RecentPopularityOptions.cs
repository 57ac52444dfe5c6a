using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="RecentPopularity"/>.</summary>
public sealed class RecentPopularityOptions : RecommenderOptions
{
    /// <summary>Events that are counted, the last so many, 1 to 262,144; default 2,000. Raising it forgets more slowly, and takes 4 bytes an event.</summary>
    [Range(1, 1 << 18)]
    public int Window { get; set; } = 2000;
}
