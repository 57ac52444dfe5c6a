using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Numerics;

public sealed class FactorKernelTests
{
    public static TheoryData<int> Lengths => [16, 32, 48, 64, 128, 1024];

    private static VectorWidth[] Widths => [VectorWidth.Scalar, VectorWidth.V128, VectorWidth.V256, VectorWidth.V512];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void The_inner_product_is_the_same_to_the_last_bit_at_every_width(int length)
    {
        CheckDot<float>(length);
        CheckDot<double>(length);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_step_is_the_same_to_the_last_bit_at_every_width(int length)
    {
        CheckStep<float>(length, inTurn: false);
        CheckStep<float>(length, inTurn: true);
        CheckStep<double>(length, inTurn: false);
        CheckStep<double>(length, inTurn: true);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_move_is_the_same_to_the_last_bit_at_every_width(int length)
    {
        CheckMove<float>(length);
        CheckMove<double>(length);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public unsafe void What_is_negative_is_raised_to_zero_and_nothing_else_changes(int length)
    {
        double[] row = Draw<double>(length, 5);
        using NativeBuffer<double> raised = new(length);
        row.CopyTo(raised.AsSpan(0, length));
        FactorKernel<double>.RaiseToZero(raised.Pointer, length);
        Assert.Equal(row.Select(f => f < 0 ? 0 : f), raised.AsSpan(0, length).ToArray());
    }

    [Fact]
    public unsafe void A_step_says_which_row_it_lost()
    {
        using NativeBuffer<float> rows = new(64);
        float* p = rows.Pointer, q = p + 32;
        foreach (VectorWidth width in Widths)
        {
            foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, FactorKernel<float>.Limit })
            {
                rows.AsSpan(0, 64).Fill(1);
                p[17] = bad;
                Assert.Equal(StepOutcome.FirstRowLost, FactorKernel<float>.Step(width, p, q, 32, 0.5f, 1, 1, inTurn: false) & ~StepOutcome.SecondRowLost);
                rows.AsSpan(0, 64).Fill(1);
                q[31] = FactorKernel<float>.Limit / 1.5f;
                Assert.Equal(StepOutcome.SecondRowLost, FactorKernel<float>.Step(width, p, q, 32, 0.5f, 1, 2, inTurn: false));
                rows.AsSpan(0, 64).Fill(1);
                Assert.Equal(StepOutcome.Sound, FactorKernel<float>.Step(width, p, q, 32, 0.5f, 1, 1, inTurn: true));
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(1024, 1024)]
    public void A_row_is_a_whole_number_of_blocks(int factors, int stride) => Assert.Equal(stride, FactorKernel<float>.Stride(factors));

    [Fact]
    public unsafe void Padding_stays_zero()
    {
        using NativeBuffer<float> rows = new(32);
        rows.AsSpan(0, 10).Fill(0.5f);
        rows.AsSpan(16, 10).Fill(-0.25f);
        for (int i = 0; i < 100; i++) FactorKernel<float>.Step(rows.Pointer, rows.Pointer + 16, 16, 0.1f, 0.99f, 0.98f);
        Assert.All(rows.AsSpan(10, 6).ToArray(), x => Assert.Equal(0, x));
        Assert.All(rows.AsSpan(26, 6).ToArray(), x => Assert.Equal(0, x));
    }

    private static unsafe void CheckDot<T>(int length)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] a = Draw<T>(length, 1), b = Draw<T>(length, 2);
        T expected = PlainDot(a, b);
        double exact = a.Zip(b, (x, y) => double.CreateChecked(x) * double.CreateChecked(y)).Sum();
        Assert.Equal(exact, double.CreateChecked(expected), typeof(T) == typeof(float) ? 1e-3 : 1e-12);
        fixed (T* p = a, q = b)
        {
            Assert.Equal(expected, FactorKernel<T>.Dot(p, q, length));
            foreach (VectorWidth width in Widths) Assert.Equal(expected, FactorKernel<T>.Dot(width, p, q, length));
        }
    }

    private static unsafe void CheckStep<T>(int length, bool inTurn)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T step = T.CreateChecked(-0.037), decayP = T.CreateChecked(0.99), decayQ = T.CreateChecked(0.98);
        T[] p0 = Draw<T>(length, 3), q0 = Draw<T>(length, 4), p1 = new T[length], q1 = new T[length];
        for (int i = 0; i < length; i++)
        {
            p1[i] = T.FusedMultiplyAdd(step, q0[i], decayP * p0[i]);
            q1[i] = T.FusedMultiplyAdd(step, inTurn ? p1[i] : p0[i], decayQ * q0[i]);
        }

        foreach (VectorWidth width in Widths)
        {
            T[] p = [.. p0], q = [.. q0];
            fixed (T* pp = p, qq = q) Assert.Equal(StepOutcome.Sound, FactorKernel<T>.Step(width, pp, qq, length, step, decayP, decayQ, inTurn));
            Assert.Equal(p1, p);
            Assert.Equal(q1, q);
        }
    }

    private static unsafe void CheckMove<T>(int length)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T step = T.CreateChecked(-0.037), decay = T.CreateChecked(0.99);
        T[] p0 = Draw<T>(length, 3), q = Draw<T>(length, 4), p1 = new T[length];
        for (int i = 0; i < length; i++) p1[i] = T.FusedMultiplyAdd(step, q[i], decay * p0[i]);
        foreach (VectorWidth width in Widths)
        {
            T[] p = [.. p0], lost = [.. p0];
            lost[^1] = T.NaN;
            fixed (T* pp = p, qq = q, ll = lost)
            {
                Assert.True(FactorKernel<T>.Move(width, pp, qq, length, step, decay));
                Assert.False(FactorKernel<T>.Move(width, ll, qq, length, step, decay));
                Assert.False(FactorKernel<T>.Move(width, qq, pp, length, FactorKernel<T>.Limit, FactorKernel<T>.Limit));
            }

            Assert.Equal(p1, p);
            q = Draw<T>(length, 4);
        }
    }

    // The documented tree, written plainly.
    private static T PlainDot<T>(T[] a, T[] b)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] lanes = new T[16];
        for (int i = 0; i < a.Length; i++) lanes[i % 16] = T.FusedMultiplyAdd(a[i], b[i], lanes[i % 16]);
        T[] eight = [.. Enumerable.Range(0, 8).Select(j => lanes[j] + lanes[j + 8])];
        T[] four = [.. Enumerable.Range(0, 4).Select(j => eight[j] + eight[j + 4])];
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    private static T[] Draw<T>(int length, ulong stream)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        CounterRng rng = new(11, stream);
        T[] row = new T[length];
        for (int i = 0; i < length; i++) row[i] = T.CreateTruncating(rng.NextNormal());
        return row;
    }
}
