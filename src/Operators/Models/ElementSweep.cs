using System.Numerics;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// One sweep of element-wise least squares over a row, in double precision: each element in turn gets the value that is best while the others stay.
/// </summary>
/// <remarks>
/// The rows x of the other side that this row has met lie factor by factor, padded with zeros to whole blocks of 16, and with them e = w - (w - c) times the score
/// as it is now. O((met + factors) x factors). 16 bytes a factor of each. One caller at a time; no state.
/// </remarks>
internal sealed unsafe class ElementSweep<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly NativeBuffer<double> _others;
    private readonly NativeBuffer<double> _weighted;
    private readonly NativeBuffer<double> _errors;
    private readonly NativeBuffer<double> _row;
    private readonly int _factors;
    private readonly int _length;
    private int _count;

    /// <summary>A sweep over rows of so many factors that have met at most <paramref name="most"/> others.</summary>
    public ElementSweep(int factors, int most)
    {
        (_factors, _length) = (factors, FactorKernel<double>.Stride(most));
        (_others, _weighted) = (new NativeBuffer<double>((long)factors * _length), new NativeBuffer<double>((long)factors * _length));
        (_errors, _row) = (new NativeBuffer<double>(_length), new NativeBuffer<double>(FactorKernel<double>.Stride(factors)));
    }

    /// <summary>Bytes of a sweep of this shape.</summary>
    public static long BytesFor(int factors, int most) => (((2L * factors) + 1) * FactorKernel<double>.Stride(most) * sizeof(double)) + (FactorKernel<double>.Stride(factors) * sizeof(double));

    /// <summary>Starts with the row as it is.</summary>
    public void Start(T* row)
    {
        for (int f = 0; f < _factors; f++) _row.Pointer[f] = double.CreateTruncating(row[f]);
        _count = 0;
    }

    /// <summary>Adds one that was met with weight <paramref name="met"/>, and would have <paramref name="missing"/> if it had not been.</summary>
    public void Add(T* other, double met, double missing)
    {
        double score = 0, excess = met - missing;
        double* to = _others.Pointer + _count, weighted = _weighted.Pointer + _count;
        for (int f = 0; f < _factors; f++, to += _length, weighted += _length)
        {
            double x = double.CreateTruncating(other[f]);
            score += _row.Pointer[f] * x;
            (*to, *weighted) = (x, excess * x);
        }

        _errors.Pointer[_count++] = met - (excess * score);
    }

    /// <summary>
    /// Sweeps and writes the row; false, and writes nothing, if it is not sound. The sum over all rows of the other side counts <paramref name="scale"/> times.
    /// </summary>
    public bool TrySweep(T* row, NativeBuffer<double> sum, double scale, double l2)
    {
        int padded = FactorKernel<double>.Stride(_count), stride = FactorKernel<double>.Stride(_factors);
        new Span<double>(_errors.Pointer + _count, padded - _count).Clear();
        for (int f = 0; f < _factors; f++)
        {
            double* others = _others.Pointer + ((long)f * _length), weighted = _weighted.Pointer + ((long)f * _length), sums = sum.Pointer + ((long)f * stride);
            new Span<double>(others + _count, padded - _count).Clear();
            new Span<double>(weighted + _count, padded - _count).Clear();
            double own = _row.Pointer[f];
            double squares = FactorKernel<double>.Dot(others, weighted, padded);
            double above = FactorKernel<double>.Dot(_errors.Pointer, others, padded) + (own * squares)
                - (scale * (FactorKernel<double>.Dot(_row.Pointer, sums, stride) - (own * sums[f])));
            double best = above / (squares + (scale * sums[f]) + l2);
            FactorKernel<double>.Move(_errors.Pointer, weighted, padded, own - best, 1);
            _row.Pointer[f] = best;
        }

        double limit = double.CreateTruncating(FactorKernel<T>.Limit);
        for (int f = 0; f < _factors; f++)
        {
            if (!(Math.Abs(_row.Pointer[f]) < limit)) return false;
        }

        for (int f = 0; f < _factors; f++) row[f] = T.CreateTruncating(_row.Pointer[f]);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _others.Dispose();
        _weighted.Dispose();
        _errors.Dispose();
        _row.Dispose();
    }
}
