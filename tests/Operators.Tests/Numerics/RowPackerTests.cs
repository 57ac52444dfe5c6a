using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Numerics;

public sealed unsafe class RowPackerTests
{
    private static readonly float[] Numbers = [0.1f, -0.3333f, 1.00001f, -7.7f, 3e-3f, 123.456f, -1e-4f, 0.5f];

    public static TheoryData<RowPrecision, double> Precisions => new() { { RowPrecision.Half, 1.0 / 1024 }, { RowPrecision.Bfloat16, 1.0 / 128 } };

    [Theory]
    [MemberData(nameof(Precisions))]
    public void A_number_is_rounded_to_one_of_its_neighbours_and_is_right_in_the_mean(RowPrecision precision, double place)
    {
        const int Draws = 20_000;
        double[] sums = new double[Numbers.Length];
        for (ulong seed = 0; seed < Draws; seed++)
        {
            float[] packed = PackAndUnpack(Numbers, precision, seed);
            for (int i = 0; i < Numbers.Length; i++)
            {
                Assert.InRange(packed[i] - Numbers[i], -place * Math.Abs(Numbers[i]), place * Math.Abs(Numbers[i]));
                sums[i] += packed[i];
            }
        }

        // A place apart at most, so that the deviation of a draw is half a place at most.
        for (int i = 0; i < Numbers.Length; i++) Assert.Equal(Numbers[i], sums[i] / Draws, 4 * 0.5 * place * Math.Abs(Numbers[i]) / Math.Sqrt(Draws) + 1e-9);
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void What_is_packed_already_stays_as_it_is(RowPrecision precision, double place)
    {
        Assert.True(place > 0);
        float[] once = PackAndUnpack(Numbers, precision, 1);
        for (ulong seed = 0; seed < 1_000; seed++) Assert.Equal(once, PackAndUnpack(once, precision, seed));
        Assert.Equal(new float[4], PackAndUnpack(new float[4], precision, 3));
    }

    [Fact]
    public void Numbers_beyond_binary16_become_its_largest_and_those_below_are_rounded_to_the_nearest()
    {
        Assert.Equal([65504, -65504, 65504, 0], PackAndUnpack([1e6f, -1e30f, 65519, 1e-9f], RowPrecision.Half, 7));
        Assert.Equal((float)(Half)3.3e-5f, PackAndUnpack([3.3e-5f, 0, 0, 0], RowPrecision.Half, 7)[0]);
    }

    private static float[] PackAndUnpack(float[] numbers, RowPrecision precision, ulong seed)
    {
        float[] result = new float[numbers.Length];
        ushort[] packed = new ushort[numbers.Length];
        fixed (float* from = numbers, to = result)
        fixed (ushort* place = packed)
        {
            RowPacker.Pack(from, place, numbers.Length, precision, seed);
            RowPacker.Unpack(place, to, numbers.Length, precision);
        }

        return result;
    }
}
