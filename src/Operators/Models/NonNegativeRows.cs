using System.Numerics;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>The absolute values of other initial rows.</summary>
/// <param name="rows">Those rows.</param>
internal sealed class NonNegativeRows<T>(IRowInitializer<T> rows) : IRowInitializer<T>
    where T : unmanaged, INumberBase<T>
{
    /// <inheritdoc/>
    public string Description { get; } = "absolute " + rows.Description;

    /// <inheritdoc/>
    public void Fill(ulong key, Span<T> row)
    {
        rows.Fill(key, row);
        for (int i = 0; i < row.Length; i++) row[i] = T.Abs(row[i]);
    }
}
