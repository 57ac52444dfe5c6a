namespace Streaming.Operators.Numerics;

/// <summary>The first factors of rows that keep more behind them.</summary>
/// <param name="rows">The whole rows.</param>
/// <param name="factors">How many of their factors are meant.</param>
internal sealed class LeadingFactors(IFactorRows rows, int factors) : IFactorRows
{
    private readonly double[] _whole = new double[rows.Factors];

    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public int Factors => factors;

    /// <inheritdoc/>
    public int FactorBytes => rows.FactorBytes;

    /// <inheritdoc/>
    public ulong Key(int row) => rows.Key(row);

    /// <inheritdoc/>
    public double BiasOf(int row) => rows.BiasOf(row);

    /// <inheritdoc/>
    public void Copy(int row, Span<double> factors)
    {
        rows.Copy(row, _whole);
        _whole.AsSpan(0, Factors).CopyTo(factors);
    }
}
