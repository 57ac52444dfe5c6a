using System.Numerics;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Makes the columns of a table of rows orthonormal without leaving the span of those before each: V becomes V L'^-1, L being the triangular factor of V'V (Cholesky). A column of which less than a
/// ten-thousandth is left beside those before it becomes 0.
/// </summary>
/// <remarks>O(rows x factors^2), row by row. 8 factors^2 bytes; no state. One caller at a time.</remarks>
/// <param name="factors">Columns.</param>
internal sealed unsafe class OrthonormalColumns<T>(int factors)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const double Dependent = 1e-8;

    private readonly double[] _triangle = new double[factors * factors];
    private readonly double[] _row = new double[factors];

    /// <summary>Most bytes for so many columns.</summary>
    public static long BytesFor(int factors) => sizeof(double) * factors * (factors + 1L);

    /// <summary>Changes the rows of all entities of the table.</summary>
    public void Orthonormalize(EmbeddingTable<T> table)
    {
        Sum(table);
        Factorize();
        for (int row = 0; row < table.Entities.Count; row++)
        {
            table.Touch(row);
            Solve(table.Row(row));
        }
    }

    // The lower half of V'V.
    private void Sum(EmbeddingTable<T> table)
    {
        Array.Clear(_triangle);
        for (int row = 0; row < table.Entities.Count; row++)
        {
            Read(table.Row(row));
            for (int i = 0; i < factors; i++)
            {
                double factor = _row[i];
                Span<double> sums = _triangle.AsSpan(i * factors, i + 1);
                for (int j = 0; j < sums.Length; j++) sums[j] += factor * _row[j];
            }
        }
    }

    private void Factorize()
    {
        for (int i = 0; i < factors; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double left = _triangle[(i * factors) + j], whole = left;
                for (int k = 0; k < j; k++) left -= _triangle[(i * factors) + k] * _triangle[(j * factors) + k];
                double pivot = _triangle[(j * factors) + j];
                _triangle[(i * factors) + j] = i == j ? (left > Dependent * whole ? Math.Sqrt(left) : 0) : pivot > 0 ? left / pivot : 0;
            }
        }
    }

    private void Solve(T* row)
    {
        Read(row);
        for (int i = 0; i < factors; i++)
        {
            double left = _row[i], pivot = _triangle[(i * factors) + i];
            for (int k = 0; k < i; k++) left -= _row[k] * _triangle[(i * factors) + k];
            _row[i] = pivot > 0 ? left / pivot : 0;
            row[i] = T.CreateTruncating(_row[i]);
        }
    }

    private void Read(T* row)
    {
        for (int i = 0; i < factors; i++) _row[i] = double.CreateTruncating(row[i]);
    }
}
