using System.Numerics;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Initial rows whose first factors are those of other initial rows; the rest is 0.</summary>
/// <param name="rows">Those rows.</param>
/// <param name="factors">How many factors they have.</param>
internal sealed class LeadingRows<T>(IRowInitializer<T> rows, int factors) : IRowInitializer<T>
    where T : unmanaged, INumberBase<T>
{
    /// <inheritdoc/>
    public string Description { get; } = rows.Description;

    /// <inheritdoc/>
    public void Fill(ulong key, Span<T> row)
    {
        rows.Fill(key, row[..factors]);
        row[factors..].Clear();
    }
}
