using System.Numerics;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// The normal equations of one row in weighted least squares, (G + sum of w x x' + l2 I) row = sum of r x over the rows x of the other side, in double precision.
/// </summary>
/// <remarks>O(factors^2 / 2) a row added, O(factors^3 / 6) to solve. 8 bytes an element of the matrix. One caller at a time; no state.</remarks>
internal sealed unsafe class NormalEquations<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int _factors;
    private readonly int _stride;
    private readonly NativeBuffer<double> _matrix;
    private readonly NativeBuffer<double> _right;
    private readonly NativeBuffer<double> _row;

    /// <summary>Equations of so many unknowns.</summary>
    public NormalEquations(int factors)
    {
        (_factors, _stride) = (factors, FactorKernel<double>.Stride(factors));
        (_matrix, _right, _row) = (new NativeBuffer<double>((long)factors * _stride), new NativeBuffer<double>(_stride), new NativeBuffer<double>(_stride));
    }

    /// <summary>Bytes of equations of so many unknowns.</summary>
    public static long BytesFor(int factors) => (factors + 2L) * FactorKernel<double>.Stride(factors) * sizeof(double);

    /// <summary>Starts with G, of the same shape, and the penalty.</summary>
    public void Start(NativeBuffer<double> gram, double l2)
    {
        gram.AsSpan(0, _factors * _stride).CopyTo(_matrix.AsSpan(0, _factors * _stride));
        for (int f = 0; f < _factors; f++) _matrix.Pointer[(f * _stride) + f] += l2;
        _right.AsSpan(0, _stride).Clear();
    }

    /// <summary>Adds a row of the other side with its weight w and right side r.</summary>
    public void Add(T* x, double weight, double right)
    {
        double* row = _row.Pointer;
        for (int f = 0; f < _factors; f++) row[f] = double.CreateTruncating(x[f]);
        for (int f = 0; f < _factors; f++)
        {
            int start = f & -FactorKernel<double>.Lanes; // the upper triangle is enough
            FactorKernel<double>.Move(_matrix.Pointer + (f * _stride) + start, row + start, _stride - start, weight * row[f], 1);
        }

        FactorKernel<double>.Move(_right.Pointer, row, _stride, right, 1);
    }

    /// <summary>
    /// Writes the solution; false, and writes nothing, if the equations are singular to the precision of the numbers or the solution is no sound row.
    /// </summary>
    public bool TrySolve(T* row)
    {
        if (Cholesky.Solve(_matrix.Pointer, _right.Pointer, _factors, _stride) >= 0) return false;
        double limit = double.CreateTruncating(FactorKernel<T>.Limit);
        for (int f = 0; f < _factors; f++)
        {
            if (!(Math.Abs(_right.Pointer[f]) < limit)) return false;
        }

        for (int f = 0; f < _factors; f++) row[f] = T.CreateTruncating(_right.Pointer[f]);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _matrix.Dispose();
        _right.Dispose();
        _row.Dispose();
    }
}
