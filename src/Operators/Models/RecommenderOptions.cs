using System.ComponentModel.DataAnnotations;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Bounds that every learner of users and items has.</summary>
public abstract class RecommenderOptions
{
    private protected RecommenderOptions()
    {
    }

    /// <summary>
    /// Which users and items give up their rows when all are taken: <c>recency</c> (default), those not seen lately; <c>age</c>, those whose row is oldest, seen lately or not, so that no
    /// row is older than the newcomers it takes to fill the table.
    /// </summary>
    public EvictionRule Eviction { get; set; }

    /// <summary>
    /// Most users held, 1 to 2^28; default 1,048,576. Beyond it, users not seen lately are evicted and counted; ranks for users who are new from then
    /// on, or come back, are unknown. Raising it takes memory as users come.
    /// </summary>
    [Range(1, 1 << 28)]
    public int Users { get; set; } = 1 << 20;

    /// <summary>
    /// Most items held, 1 to 2^26; default 262,144. Beyond it, items not seen lately are evicted and counted, and ranks are unknown from then on: to
    /// measure ranking, hold all items. Raising it takes memory as items come.
    /// </summary>
    [Range(1, 1 << 26)]
    public int Items { get; set; } = 1 << 18;

    /// <summary>
    /// Most entries of all users' histories, in use only where ranks are asked for, and in models that draw what a user has not met, 15 to 2^30; default 16,777,216. Room is given to a user in runs of 15.
    /// When none is left, what a user does further is counted as truncated and that user's ranks are unknown. Raising it takes 4.3 bytes an entry in use.
    /// </summary>
    [Range(15, 1 << 30)]
    public int HistoryEntries { get; set; } = 1 << 24;
}
