using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Bandits.Linear;

/// <summary>
/// The three things ridge regression does with rows of doubles: inner product, adding a multiple, and a sum of multiples of matrix rows. Rows are padded
/// with zeros to a multiple of 8 elements.
/// </summary>
/// <remarks>
/// One order of operations whatever the vector width, so that a result is the same to the last bit on every machine: multiples are added by fused
/// multiply-adds, in the order of the rows; the inner product sums lane j (0 to 7) over elements j, j + 8, ... and then adds lanes in halves. Machines of
/// 128-bit vectors take two for one of 256. No allocation, no bounds checks: the caller vouches for pointers and lengths.
/// </remarks>
internal static unsafe class RidgeKernel
{
    /// <summary>Elements in a block; rows are a whole number of blocks.</summary>
    public const int Lanes = 8;

    /// <summary><paramref name="length"/> rounded up to whole blocks.</summary>
    public static int Padded(int length) => (length + Lanes - 1) & -Lanes;

    /// <summary>Inner product of two rows of <paramref name="length"/> elements, a multiple of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Dot(double* a, double* b, int length) => Dot(VectorWidths.Best, a, b, length);

    /// <summary>y += factor * x over <paramref name="length"/> elements, a multiple of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(double* y, double factor, double* x, int length) => AddScaled(VectorWidths.Best, y, factor, x, length);

    /// <summary>result = sum of values[p] * row p of the matrix over the given places p, in their order; <paramref name="columns"/> elements, a multiple of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Combine(double* matrix, int stride, int* places, int count, double* values, double* result, int columns) =>
        Combine(VectorWidths.Best, matrix, stride, places, count, values, result, columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Dot(VectorWidth width, double* a, double* b, int length)
    {
        if (width == VectorWidth.V512)
        {
            Vector512<double> sum = Vector512<double>.Zero;
            for (int i = 0; i < length; i += Lanes) sum = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), sum);
            return Fold(sum.GetLower() + sum.GetUpper());
        }

        if (width == VectorWidth.Scalar) return DotScalar(a, b, length);
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        for (int i = 0; i < length; i += Lanes)
        {
            low = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(b + i), low);
            high = Vector256.FusedMultiplyAdd(Vector256.Load(a + i + 4), Vector256.Load(b + i + 4), high);
        }

        return Fold(low + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void AddScaled(VectorWidth width, double* y, double factor, double* x, int length)
    {
        if (width == VectorWidth.V512)
        {
            Vector512<double> factors = Vector512.Create(factor);
            for (int i = 0; i < length; i += Lanes) Vector512.FusedMultiplyAdd(factors, Vector512.Load(x + i), Vector512.Load(y + i)).Store(y + i);
        }
        else if (width == VectorWidth.Scalar)
        {
            for (int i = 0; i < length; i++) y[i] = Math.FusedMultiplyAdd(factor, x[i], y[i]);
        }
        else
        {
            Vector256<double> factors = Vector256.Create(factor);
            for (int i = 0; i < length; i += 4) Vector256.FusedMultiplyAdd(factors, Vector256.Load(x + i), Vector256.Load(y + i)).Store(y + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Combine(VectorWidth width, double* matrix, int stride, int* places, int count, double* values, double* result, int columns)
    {
        if (width == VectorWidth.V512) Combine512(matrix, stride, places, count, values, result, columns);
        else if (width == VectorWidth.Scalar) CombineScalar(matrix, stride, places, count, values, result, columns);
        else Combine256(matrix, stride, places, count, values, result, columns);
    }

    private static void Combine512(double* matrix, int stride, int* places, int count, double* values, double* result, int columns)
    {
        int c = 0;
        for (; c + 32 <= columns; c += 32)
        {
            Vector512<double> a = Vector512<double>.Zero, b = a, d = a, e = a;
            for (int k = 0; k < count; k++)
            {
                int place = places[k];
                double* row = matrix + ((long)place * stride) + c;
                Vector512<double> value = Vector512.Create(values[place]);
                a = Vector512.FusedMultiplyAdd(value, Vector512.Load(row), a);
                b = Vector512.FusedMultiplyAdd(value, Vector512.Load(row + 8), b);
                d = Vector512.FusedMultiplyAdd(value, Vector512.Load(row + 16), d);
                e = Vector512.FusedMultiplyAdd(value, Vector512.Load(row + 24), e);
            }

            a.Store(result + c);
            b.Store(result + c + 8);
            d.Store(result + c + 16);
            e.Store(result + c + 24);
        }

        if (c + 24 == columns)
        {
            Vector512<double> a = Vector512<double>.Zero, b = a, d = a;
            for (int k = 0; k < count; k++)
            {
                int place = places[k];
                double* row = matrix + ((long)place * stride) + c;
                Vector512<double> value = Vector512.Create(values[place]);
                a = Vector512.FusedMultiplyAdd(value, Vector512.Load(row), a);
                b = Vector512.FusedMultiplyAdd(value, Vector512.Load(row + 8), b);
                d = Vector512.FusedMultiplyAdd(value, Vector512.Load(row + 16), d);
            }

            a.Store(result + c);
            b.Store(result + c + 8);
            d.Store(result + c + 16);
            return;
        }

        for (; c < columns; c += Lanes)
        {
            Vector512<double> a = Vector512<double>.Zero;
            for (int k = 0; k < count; k++)
                a = Vector512.FusedMultiplyAdd(Vector512.Create(values[places[k]]), Vector512.Load(matrix + ((long)places[k] * stride) + c), a);
            a.Store(result + c);
        }
    }

    private static void Combine256(double* matrix, int stride, int* places, int count, double* values, double* result, int columns)
    {
        for (int c = 0; c < columns; c += Lanes)
        {
            Vector256<double> low = Vector256<double>.Zero, high = low;
            for (int k = 0; k < count; k++)
            {
                double* row = matrix + ((long)places[k] * stride) + c;
                Vector256<double> value = Vector256.Create(values[places[k]]);
                low = Vector256.FusedMultiplyAdd(value, Vector256.Load(row), low);
                high = Vector256.FusedMultiplyAdd(value, Vector256.Load(row + 4), high);
            }

            low.Store(result + c);
            high.Store(result + c + 4);
        }
    }

    private static void CombineScalar(double* matrix, int stride, int* places, int count, double* values, double* result, int columns)
    {
        new Span<double>(result, columns).Clear();
        for (int k = 0; k < count; k++) AddScaled(VectorWidth.Scalar, result, values[places[k]], matrix + ((long)places[k] * stride), columns);
    }

    private static double DotScalar(double* a, double* b, int length)
    {
        double* sum = stackalloc double[Lanes];
        for (int j = 0; j < Lanes; j++) sum[j] = 0;
        for (int i = 0; i < length; i++) sum[i % Lanes] = Math.FusedMultiplyAdd(a[i], b[i], sum[i % Lanes]);
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int j = 0; j < half; j++) sum[j] += sum[j + half];
        }

        return sum[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Fold(Vector256<double> sum)
    {
        Vector128<double> two = sum.GetLower() + sum.GetUpper();
        return two[0] + two[1];
    }
}
