using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Shape of a block of 16 items: an optional row of biases, then one row a factor, 16 lanes each.</summary>
internal readonly record struct BlockShape(int Factors, bool Biases, bool Distance)
{
    /// <summary>Items in a block.</summary>
    public const int Lanes = 16;

    /// <summary>Elements of a block.</summary>
    public int Size => (Factors + (Biases ? 1 : 0)) * Lanes;
}

/// <summary>
/// Scores the 16 items of a block against a user and compares them with one score, at each vector width with the same result to the last bit:
/// lanes never meet.
/// </summary>
internal static unsafe class BlockKernel<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Bit j: item j has a higher score; bit 16 + j: the same score. Scores that are not finite count as minus infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Compare(VectorWidth width, T* block, T* user, BlockShape shape, T score) => width switch
    {
        VectorWidth.V512 => Compare512(block, user, shape, score),
        VectorWidth.V256 => Compare256(block, user, shape, score),
        VectorWidth.V128 => Compare128(block, user, shape, score),
        _ => CompareScalar(block, user, shape, score),
    };

    /// <summary>The score of the item whose lane starts at <paramref name="lane"/>.</summary>
    public static T ScoreLane(T* lane, T* user, BlockShape shape)
    {
        T score = T.Zero;
        if (shape.Biases)
        {
            score = *lane;
            lane += BlockShape.Lanes;
        }

        for (int t = 0; t < shape.Factors; t++, lane += BlockShape.Lanes) score = T.FusedMultiplyAdd(user[t], *lane, score);
        if (shape.Distance) score = -T.Abs(T.One - score);
        return T.IsFinite(score) ? score : T.NegativeInfinity;
    }

    private static uint CompareScalar(T* block, T* user, BlockShape shape, T score)
    {
        uint result = 0;
        for (int j = 0; j < BlockShape.Lanes; j++)
        {
            T other = ScoreLane(block + j, user, shape);
            if (other > score) result |= 1u << j;
            if (other == score) result |= 1u << (j + 16);
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Compare512(T* block, T* user, BlockShape shape, T score)
    {
        Vector512<T> own = Vector512.Create(score), infinity = Vector512.Create(T.PositiveInfinity);
        uint result = 0;
        for (int j = 0; j < BlockShape.Lanes; j += Vector512<T>.Count)
        {
            T* lane = block + j;
            Vector512<T> sum = Vector512<T>.Zero;
            if (shape.Biases)
            {
                sum = Vector512.Load(lane);
                lane += BlockShape.Lanes;
            }

            for (int t = 0; t < shape.Factors; t++, lane += BlockShape.Lanes) sum = Fused.MultiplyAdd(Vector512.Create(user[t]), Vector512.Load(lane), sum);
            if (shape.Distance) sum = -Vector512.Abs(Vector512<T>.One - sum);
            sum = Vector512.ConditionalSelect(Vector512.LessThan(Vector512.Abs(sum), infinity), sum, -infinity);
            result |= (uint)Vector512.GreaterThan(sum, own).ExtractMostSignificantBits() << j;
            result |= (uint)Vector512.Equals(sum, own).ExtractMostSignificantBits() << (j + 16);
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Compare256(T* block, T* user, BlockShape shape, T score)
    {
        Vector256<T> own = Vector256.Create(score), infinity = Vector256.Create(T.PositiveInfinity);
        uint result = 0;
        for (int j = 0; j < BlockShape.Lanes; j += Vector256<T>.Count)
        {
            T* lane = block + j;
            Vector256<T> sum = Vector256<T>.Zero;
            if (shape.Biases)
            {
                sum = Vector256.Load(lane);
                lane += BlockShape.Lanes;
            }

            for (int t = 0; t < shape.Factors; t++, lane += BlockShape.Lanes) sum = Fused.MultiplyAdd(Vector256.Create(user[t]), Vector256.Load(lane), sum);
            if (shape.Distance) sum = -Vector256.Abs(Vector256<T>.One - sum);
            sum = Vector256.ConditionalSelect(Vector256.LessThan(Vector256.Abs(sum), infinity), sum, -infinity);
            result |= Vector256.GreaterThan(sum, own).ExtractMostSignificantBits() << j;
            result |= Vector256.Equals(sum, own).ExtractMostSignificantBits() << (j + 16);
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Compare128(T* block, T* user, BlockShape shape, T score)
    {
        Vector128<T> own = Vector128.Create(score), infinity = Vector128.Create(T.PositiveInfinity);
        uint result = 0;
        for (int j = 0; j < BlockShape.Lanes; j += Vector128<T>.Count)
        {
            T* lane = block + j;
            Vector128<T> sum = Vector128<T>.Zero;
            if (shape.Biases)
            {
                sum = Vector128.Load(lane);
                lane += BlockShape.Lanes;
            }

            for (int t = 0; t < shape.Factors; t++, lane += BlockShape.Lanes) sum = Fused.MultiplyAdd(Vector128.Create(user[t]), Vector128.Load(lane), sum);
            if (shape.Distance) sum = -Vector128.Abs(Vector128<T>.One - sum);
            sum = Vector128.ConditionalSelect(Vector128.LessThan(Vector128.Abs(sum), infinity), sum, -infinity);
            result |= Vector128.GreaterThan(sum, own).ExtractMostSignificantBits() << j;
            result |= Vector128.Equals(sum, own).ExtractMostSignificantBits() << (j + 16);
        }

        return result;
    }
}
