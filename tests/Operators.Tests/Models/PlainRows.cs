using Streaming.Operators.Numerics;

namespace Streaming.Operators.Tests.Models;

/// <summary>Rows of factors in a dictionary: what a table of rows is to an oracle written plainly.</summary>
internal sealed class PlainRows(NormalRows<double> initial, int factors)
{
    private readonly Dictionary<ulong, double[]> _rows = [];

    public double[] this[ulong key]
    {
        get
        {
            if (!_rows.TryGetValue(key, out double[]? row))
            {
                _rows.Add(key, row = new double[factors]);
                initial.Fill(key, row);
            }

            return row;
        }
    }

    /// <summary>The row that the key has or would start with, a copy.</summary>
    public double[] Peek(ulong key)
    {
        if (_rows.TryGetValue(key, out double[]? row)) return [.. row];
        double[] fresh = new double[factors];
        initial.Fill(key, fresh);
        return fresh;
    }

    public IEnumerable<(ulong Key, double[] Row)> All => _rows.Select(r => (r.Key, r.Value));

    public static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
