using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Operators.Numerics;

/// <summary>
/// What matrix factorization does with a pair of rows: their inner product, one gradient step on both, and one on either. Rows are padded with zeros to
/// a multiple of 16 elements and stay so padded.
/// </summary>
/// <remarks>
/// The inner product is reduced by one fixed tree whatever the vector width: lane j (0 to 15) takes elements j, j + 16, j + 32, ... in order, each by
/// a fused multiply-add; then lanes are added in halves (j and j + 8, j and j + 4, j and j + 2, j and j + 1). So a result is the same
/// to the last bit on every machine. O(length); no allocation, no bounds checks: the caller vouches for pointers and lengths. Safe from any
/// thread on rows that no other thread writes.
/// </remarks>
public static unsafe partial class FactorKernel<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Elements in a block; rows are a whole number of blocks.</summary>
    public const int Lanes = 16;

    /// <summary>Elements from one row to the next: <paramref name="factors"/> rounded up to whole blocks; 0 for 0.</summary>
    public static int Stride(int factors) => (factors + Lanes - 1) & -Lanes;

    /// <summary>Inner product of two rows of <paramref name="length"/> elements, a multiple of 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Dot(T* a, T* b, int length) => Dot(VectorWidths.Best, a, b, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Dot(VectorWidth width, T* a, T* b, int length) => width switch
    {
        VectorWidth.V512 => Dot512(a, b, length),
        VectorWidth.V256 => Dot256(a, b, length),
        VectorWidth.V128 => Dot128(a, b, length),
        _ => DotScalar(a, b, length),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Dot512(T* a, T* b, int length)
    {
        Vector512<T> sum = Lane512(a, b, length, 0);
        if (Vector512<T>.Count == 8)
        {
            sum += Lane512(a, b, length, 8);
            return Fold(sum.GetLower() + sum.GetUpper());
        }

        return Fold(sum.GetLower() + sum.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Dot256(T* a, T* b, int length)
    {
        if (Vector256<T>.Count == 8) return Fold(Lane256(a, b, length, 0) + Lane256(a, b, length, 8));
        Vector256<T> low = Lane256(a, b, length, 0) + Lane256(a, b, length, 8);
        Vector256<T> high = Lane256(a, b, length, 4) + Lane256(a, b, length, 12);
        return Fold(low + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Dot128(T* a, T* b, int length)
    {
        if (Vector128<T>.Count == 4)
        {
            Vector128<T> even = Lane128(a, b, length, 0) + Lane128(a, b, length, 8);
            Vector128<T> odd = Lane128(a, b, length, 4) + Lane128(a, b, length, 12);
            return Fold(even + odd);
        }

        Vector128<T> q0 = Lane128(a, b, length, 0) + Lane128(a, b, length, 8);
        Vector128<T> q1 = Lane128(a, b, length, 2) + Lane128(a, b, length, 10);
        Vector128<T> q2 = Lane128(a, b, length, 4) + Lane128(a, b, length, 12);
        Vector128<T> q3 = Lane128(a, b, length, 6) + Lane128(a, b, length, 14);
        return Fold((q0 + q2) + (q1 + q3));
    }

    private static T DotScalar(T* a, T* b, int length)
    {
        T* sum = stackalloc T[Lanes];
        for (int j = 0; j < Lanes; j++) sum[j] = T.Zero;
        for (int i = 0; i < length; i += Lanes)
        {
            for (int j = 0; j < Lanes; j++) sum[j] = T.FusedMultiplyAdd(a[i + j], b[i + j], sum[j]);
        }

        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int j = 0; j < half; j++) sum[j] += sum[j + half];
        }

        return sum[0];
    }

    /// <summary>Accumulates the lanes from <paramref name="lane"/> on, over all blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Lane512(T* a, T* b, int length, int lane)
    {
        Vector512<T> sum = Vector512<T>.Zero;
        for (int i = lane; i < length; i += Lanes) sum = Fused.MultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Lane256(T* a, T* b, int length, int lane)
    {
        Vector256<T> sum = Vector256<T>.Zero;
        for (int i = lane; i < length; i += Lanes) sum = Fused.MultiplyAdd(Vector256.Load(a + i), Vector256.Load(b + i), sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Lane128(T* a, T* b, int length, int lane)
    {
        Vector128<T> sum = Vector128<T>.Zero;
        for (int i = lane; i < length; i += Lanes) sum = Fused.MultiplyAdd(Vector128.Load(a + i), Vector128.Load(b + i), sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Fold(Vector256<T> sum) => Fold(sum.GetLower() + sum.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Fold(Vector128<T> sum)
    {
        if (typeof(T) == typeof(double)) return sum[0] + sum[1];
        Vector128<float> four = sum.AsSingle();
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3));
        return T.CreateTruncating(two[0] + two[1]);
    }
}
