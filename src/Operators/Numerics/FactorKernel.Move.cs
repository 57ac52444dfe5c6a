using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Operators.Numerics;

/// <content>One row that moves along another.</content>
public static unsafe partial class FactorKernel<T>
{
    /// <summary>
    /// to = decay to + step from, each element with a fused multiply-add, for rows of <paramref name="length"/> elements, a multiple of 16. Says whether the
    /// row is still sound (<see cref="Limit"/>).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Move(T* to, T* from, int length, T step, T decay) => Move(VectorWidths.Best, to, from, length, step, decay);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Move(VectorWidth width, T* to, T* from, int length, T step, T decay) => width switch
    {
        VectorWidth.V512 => Move512(to, from, length, step, decay),
        VectorWidth.V256 => Move256(to, from, length, step, decay),
        VectorWidth.V128 => Move128(to, from, length, step, decay),
        _ => MoveScalar(to, from, length, step, decay),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Move512(T* to, T* from, int length, T step, T decay)
    {
        Vector512<T> s = Vector512.Create(step), d = Vector512.Create(decay), limit = Vector512.Create(Limit);
        bool sound = true;
        for (int i = 0; i < length; i += Vector512<T>.Count)
        {
            Vector512<T> moved = Fused.MultiplyAdd(s, Vector512.Load(from + i), d * Vector512.Load(to + i));
            moved.Store(to + i);
            sound &= Vector512.LessThanAll(Vector512.Abs(moved), limit);
        }

        return sound;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Move256(T* to, T* from, int length, T step, T decay)
    {
        Vector256<T> s = Vector256.Create(step), d = Vector256.Create(decay), limit = Vector256.Create(Limit);
        bool sound = true;
        for (int i = 0; i < length; i += Vector256<T>.Count)
        {
            Vector256<T> moved = Fused.MultiplyAdd(s, Vector256.Load(from + i), d * Vector256.Load(to + i));
            moved.Store(to + i);
            sound &= Vector256.LessThanAll(Vector256.Abs(moved), limit);
        }

        return sound;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Move128(T* to, T* from, int length, T step, T decay)
    {
        Vector128<T> s = Vector128.Create(step), d = Vector128.Create(decay), limit = Vector128.Create(Limit);
        bool sound = true;
        for (int i = 0; i < length; i += Vector128<T>.Count)
        {
            Vector128<T> moved = Fused.MultiplyAdd(s, Vector128.Load(from + i), d * Vector128.Load(to + i));
            moved.Store(to + i);
            sound &= Vector128.LessThanAll(Vector128.Abs(moved), limit);
        }

        return sound;
    }

    private static bool MoveScalar(T* to, T* from, int length, T step, T decay)
    {
        bool sound = true;
        for (int i = 0; i < length; i++)
        {
            to[i] = T.FusedMultiplyAdd(step, from[i], decay * to[i]);
            sound &= T.Abs(to[i]) < Limit;
        }

        return sound;
    }
}
