using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class GramMatrixTests
{
    private const int Factors = 7;
    private const double Unit = 1.0 / (1L << 40); // elements are whole numbers of these

    [Fact]
    public unsafe void An_element_is_never_further_off_than_the_bound_says()
    {
        using EmbeddingTable<double> table = new(50, Factors, new NormalRows<double>(1, 1));
        using NativeBuffer<double> weights = new(50);
        using GramMatrix<double> sum = new(table, weights);
        CounterRng rng = new(2, 2);
        (double largest, int corrections, double worst) = (0, 0, 0);
        for (int n = 0; n < 20_000; n++)
        {
            int row = table.FindOrAdd(1 + rng.NextBelow(50), out _);
            sum.Add(row, -weights[row]);
            for (int f = 0; f < Factors; f++) table.Row(row)[f] = ((long)(rng.NextBits() >> 16) - (1L << 47)) * Unit;
            weights[row] = rng.NextBelow(5);
            sum.Add(row, weights[row]);
            corrections += 2;
            for (int f = 0; f < Factors; f++) largest = Math.Max(largest, sum.Elements[(f * 16) + f]);
            if (n % 500 != 0) continue;
            BigInteger[] exact = Exact(table, weights);
            worst = Off(sum, exact);
            Assert.True(worst <= corrections * Math.ScaleB(1, -52) * largest, $"After {corrections} corrections an element is off by {worst}.");
        }

        Assert.True(worst > 0);
        sum.Resum();
        Assert.True(Off(sum, Exact(table, weights)) < 100 * Math.ScaleB(1, -53) * largest);
    }

    // In squares of the unit.
    private static unsafe BigInteger[] Exact(EmbeddingTable<double> table, NativeBuffer<double> weights)
    {
        BigInteger[] elements = new BigInteger[Factors * Factors];
        for (int row = 0; row < table.Entities.Count; row++)
        {
            double* x = table.Row(row);
            for (int e = 0; e < elements.Length; e++) elements[e] += new BigInteger(weights[row]) * new BigInteger(x[e / Factors] / Unit) * new BigInteger(x[e % Factors] / Unit);
        }

        return elements;
    }

    // A double is a whole number of 2^-40 times the square of the unit, unless it is so small that what is cut off is.
    private static double Off(GramMatrix<double> sum, BigInteger[] exact) =>
        Enumerable.Range(0, exact.Length).Max(e =>
        {
            double element = sum.Elements[(e / Factors * 16) + (e % Factors)];
            BigInteger found = new(Math.ScaleB(element, 120)), right = exact[e] << 40;
            return Math.ScaleB((double)BigInteger.Abs(found - right), -120);
        });
}
