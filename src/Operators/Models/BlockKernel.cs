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

    /// <summary>Blocks compared at once: enough independent sums to hide the latency of a multiply-add.</summary>
    public const int Group = 4;

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

    /// <summary>
    /// Compares <see cref="BlockShape.Group"/> blocks that lie one after another. Bit 16 i + j of the result: item j of block i has a higher score; of
    /// <paramref name="ties"/>: the same.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CompareGroup(VectorWidth width, T* block, T* user, BlockShape shape, T score, out ulong ties)
    {
        if (width == VectorWidth.V512 && Vector512<T>.Count == BlockShape.Lanes) return CompareGroup512(block, user, shape, score, out ties);
        ulong higher = 0;
        ties = 0;
        for (int i = 0; i < BlockShape.Group; i++, block += shape.Size)
        {
            uint compared = Compare(width, block, user, shape, score);
            higher |= (ulong)(compared & 0xFFFF) << (BlockShape.Lanes * i);
            ties |= (ulong)(compared >> 16) << (BlockShape.Lanes * i);
        }

        return higher;
    }

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
    private static ulong CompareGroup512(T* block, T* user, BlockShape shape, T score, out ulong ties)
    {
        T* b0 = block, b1 = b0 + shape.Size, b2 = b1 + shape.Size, b3 = b2 + shape.Size;
        Vector512<T> s0 = Vector512<T>.Zero, s1 = s0, s2 = s0, s3 = s0;
        int lane = 0;
        if (shape.Biases)
        {
            (s0, s1, s2, s3) = (Vector512.Load(b0), Vector512.Load(b1), Vector512.Load(b2), Vector512.Load(b3));
            lane = BlockShape.Lanes;
        }

        for (int t = 0; t < shape.Factors; t++, lane += BlockShape.Lanes)
        {
            Vector512<T> factor = Vector512.Create(user[t]);
            s0 = Fused.MultiplyAdd(factor, Vector512.Load(b0 + lane), s0);
            s1 = Fused.MultiplyAdd(factor, Vector512.Load(b1 + lane), s1);
            s2 = Fused.MultiplyAdd(factor, Vector512.Load(b2 + lane), s2);
            s3 = Fused.MultiplyAdd(factor, Vector512.Load(b3 + lane), s3);
        }

        ulong c0 = Judge512(s0, shape, score), c1 = Judge512(s1, shape, score), c2 = Judge512(s2, shape, score), c3 = Judge512(s3, shape, score);
        ties = (c0 >> 16) | (c1 >> 16 << 16) | (c2 >> 16 << 32) | (c3 >> 16 << 48);
        return (c0 & 0xFFFF) | ((c1 & 0xFFFF) << 16) | ((c2 & 0xFFFF) << 32) | ((c3 & 0xFFFF) << 48);
    }

    /// <summary>Compares the sums of up to 16 items.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Judge512(Vector512<T> sum, BlockShape shape, T score)
    {
        Vector512<T> own = Vector512.Create(score), infinity = Vector512.Create(T.PositiveInfinity);
        if (shape.Distance) sum = -Vector512.Abs(Vector512<T>.One - sum);
        sum = Vector512.ConditionalSelect(Vector512.LessThan(Vector512.Abs(sum), infinity), sum, -infinity);
        return (uint)Vector512.GreaterThan(sum, own).ExtractMostSignificantBits() | ((uint)Vector512.Equals(sum, own).ExtractMostSignificantBits() << 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Compare512(T* block, T* user, BlockShape shape, T score)
    {
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
            result |= Judge512(sum, shape, score) << j;
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
