using Streaming.Abstractions.Randomness;
using Streaming.Operators.Bandits.Linear;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

public sealed unsafe class RidgeKernelTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    [InlineData(40)]
    [InlineData(136)]
    public void Every_width_gives_the_same_bits(int n)
    {
        CounterRng rng = new(1, (ulong)n);
        double[] matrix = Draw(n * n, ref rng), x = Draw(n, ref rng), y = Draw(n, ref rng);
        int[] places = [.. Enumerable.Range(0, n).Where(i => i % 3 != 1).Reverse()];
        List<long[]> results = [];
        foreach (VectorWidth width in Enum.GetValues<VectorWidth>())
        {
            double[] product = new double[n], sum = [.. y];
            fixed (double* m = matrix, v = x, w = y, p = product, s = sum)
            {
                fixed (int* at = places) RidgeKernel.Combine(width, m, n, at, places.Length, v, p, n);
                RidgeKernel.AddScaled(width, s, .3, v, n);
                results.Add([.. product.Append(RidgeKernel.Dot(width, v, w, n)).Concat(sum).Select(BitConverter.DoubleToInt64Bits)]);
            }
        }

        Assert.All(results, r => Assert.Equal(results[0], r));
        double[] found = [.. results[0].Select(BitConverter.Int64BitsToDouble)];
        for (int c = 0; c < n; c++) Assert.Equal(places.Sum(p => x[p] * matrix[(p * n) + c]), found[c], 1e-12);
        Assert.Equal(x.Zip(y, (a, b) => a * b).Sum(), found[n], 1e-12);
        for (int c = 0; c < n; c++) Assert.Equal(y[c] + (.3 * x[c]), found[n + 1 + c], 1e-14);
    }

    private static double[] Draw(int length, ref CounterRng rng)
    {
        double[] values = new double[length];
        foreach (ref double value in values.AsSpan()) value = rng.NextNormal();
        return values;
    }
}
