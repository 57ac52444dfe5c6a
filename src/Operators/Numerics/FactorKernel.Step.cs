using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Operators.Numerics;

/// <content>The gradient step.</content>
public static unsafe partial class FactorKernel<T>
{
    /// <summary>
    /// Elements of a sound row are below this in absolute value: 2^58 in single precision, 2^506 in double. Up to there the inner product of two rows of
    /// 1,024 factors is finite whatever the rows; a step that goes beyond has lost the row.
    /// </summary>
    public static T Limit => T.ScaleB(T.One, typeof(T) == typeof(float) ? 58 : 506);

    /// <summary>
    /// One step on both rows from their old values (simultaneous): p = decayP p + step q and q = decayQ q + step p.
    /// With step = -rate * gradient and decay = 1 - rate * l2 this is stochastic gradient descent (Koren, Bell, Volinsky 2009, section "Learning algorithms").
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static StepOutcome Step(T* p, T* q, int length, T step, T decayP, T decayQ) =>
        Step(VectorWidths.Best, p, q, length, step, decayP, decayQ, inTurn: false);

    /// <summary>
    /// One step on p and then on q with the new p: the order of ISGD (Vinagre, Jorge, Gama 2014, "Fast incremental matrix factorization for
    /// recommendation with positive-only feedback", algorithm 1).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static StepOutcome StepInTurn(T* p, T* q, int length, T step, T decayP, T decayQ) =>
        Step(VectorWidths.Best, p, q, length, step, decayP, decayQ, inTurn: true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static StepOutcome Step(VectorWidth width, T* p, T* q, int length, T step, T decayP, T decayQ, bool inTurn) => width switch
    {
        VectorWidth.V512 => Step512(p, q, length, step, decayP, decayQ, inTurn),
        VectorWidth.V256 => Step256(p, q, length, step, decayP, decayQ, inTurn),
        VectorWidth.V128 => Step128(p, q, length, step, decayP, decayQ, inTurn),
        _ => StepScalar(p, q, length, step, decayP, decayQ, inTurn),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static StepOutcome Step512(T* p, T* q, int length, T step, T decayP, T decayQ, bool inTurn)
    {
        Vector512<T> s = Vector512.Create(step), dp = Vector512.Create(decayP), dq = Vector512.Create(decayQ);
        Vector512<T> limit = Vector512.Create(Limit);
        bool soundP = true, soundQ = true;
        for (int i = 0; i < length; i += Vector512<T>.Count)
        {
            Vector512<T> oldP = Vector512.Load(p + i), oldQ = Vector512.Load(q + i);
            Vector512<T> newP = Fused.MultiplyAdd(s, oldQ, dp * oldP);
            Vector512<T> newQ = Fused.MultiplyAdd(s, inTurn ? newP : oldP, dq * oldQ);
            newP.Store(p + i);
            newQ.Store(q + i);
            soundP &= Vector512.LessThanAll(Vector512.Abs(newP), limit);
            soundQ &= Vector512.LessThanAll(Vector512.Abs(newQ), limit);
        }

        return Outcome(soundP, soundQ);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static StepOutcome Step256(T* p, T* q, int length, T step, T decayP, T decayQ, bool inTurn)
    {
        Vector256<T> s = Vector256.Create(step), dp = Vector256.Create(decayP), dq = Vector256.Create(decayQ);
        Vector256<T> limit = Vector256.Create(Limit);
        bool soundP = true, soundQ = true;
        for (int i = 0; i < length; i += Vector256<T>.Count)
        {
            Vector256<T> oldP = Vector256.Load(p + i), oldQ = Vector256.Load(q + i);
            Vector256<T> newP = Fused.MultiplyAdd(s, oldQ, dp * oldP);
            Vector256<T> newQ = Fused.MultiplyAdd(s, inTurn ? newP : oldP, dq * oldQ);
            newP.Store(p + i);
            newQ.Store(q + i);
            soundP &= Vector256.LessThanAll(Vector256.Abs(newP), limit);
            soundQ &= Vector256.LessThanAll(Vector256.Abs(newQ), limit);
        }

        return Outcome(soundP, soundQ);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static StepOutcome Step128(T* p, T* q, int length, T step, T decayP, T decayQ, bool inTurn)
    {
        Vector128<T> s = Vector128.Create(step), dp = Vector128.Create(decayP), dq = Vector128.Create(decayQ);
        Vector128<T> limit = Vector128.Create(Limit);
        bool soundP = true, soundQ = true;
        for (int i = 0; i < length; i += Vector128<T>.Count)
        {
            Vector128<T> oldP = Vector128.Load(p + i), oldQ = Vector128.Load(q + i);
            Vector128<T> newP = Fused.MultiplyAdd(s, oldQ, dp * oldP);
            Vector128<T> newQ = Fused.MultiplyAdd(s, inTurn ? newP : oldP, dq * oldQ);
            newP.Store(p + i);
            newQ.Store(q + i);
            soundP &= Vector128.LessThanAll(Vector128.Abs(newP), limit);
            soundQ &= Vector128.LessThanAll(Vector128.Abs(newQ), limit);
        }

        return Outcome(soundP, soundQ);
    }

    private static StepOutcome StepScalar(T* p, T* q, int length, T step, T decayP, T decayQ, bool inTurn)
    {
        bool soundP = true, soundQ = true;
        for (int i = 0; i < length; i++)
        {
            T oldP = p[i], oldQ = q[i];
            p[i] = T.FusedMultiplyAdd(step, oldQ, decayP * oldP);
            q[i] = T.FusedMultiplyAdd(step, inTurn ? p[i] : oldP, decayQ * oldQ);
            soundP &= T.Abs(p[i]) < Limit;
            soundQ &= T.Abs(q[i]) < Limit;
        }

        return Outcome(soundP, soundQ);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static StepOutcome Outcome(bool soundP, bool soundQ) =>
        (soundP ? StepOutcome.Sound : StepOutcome.FirstRowLost) | (soundQ ? StepOutcome.Sound : StepOutcome.SecondRowLost);
}

/// <summary>What a gradient step left behind.</summary>
[Flags]
public enum StepOutcome
{
    /// <summary>Both rows are sound.</summary>
    Sound = 0,

    /// <summary>The first row has an element that is not finite, or too large.</summary>
    FirstRowLost = 1,

    /// <summary>The second row has an element that is not finite, or too large.</summary>
    SecondRowLost = 2,
}
