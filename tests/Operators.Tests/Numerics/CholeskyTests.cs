using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Numerics;

public sealed class CholeskyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(40)]
    [InlineData(128)]
    public void The_solution_solves_the_system(int n)
    {
        (double[,] a, double[] x) = Draw(n, rank: n + 3);
        double[] b = Times(a, x);
        Assert.Equal(-1, Solve(a, b));
        double error = b.Zip(x, (found, right) => Math.Abs(found - right)).Max();
        Assert.True(error < 1e-6, $"An unknown of {n} is off by {error}.");
        double[] residual = Times(a, b);
        double[] right = Times(a, x);
        for (int i = 0; i < n; i++) Assert.Equal(right[i], residual[i], 1e-9);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(16, 3)]
    [InlineData(40, 39)]
    public void A_matrix_of_too_low_a_rank_is_refused(int n, int rank)
    {
        (double[,] a, double[] x) = Draw(n, rank);
        Assert.InRange(Solve(a, Times(a, x)), rank, n - 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_diagonal_that_no_such_matrix_has_is_refused(double element)
    {
        (double[,] a, double[] x) = Draw(5, rank: 8);
        a[3, 3] = element;
        Assert.Equal(3, Solve(a, Times(a, x)));
    }

    private static unsafe int Solve(double[,] a, double[] b)
    {
        int n = b.Length, stride = FactorKernel<double>.Stride(n);
        using NativeBuffer<double> memory = new(((long)n + 1) * stride);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) memory[(i * stride) + j] = a[i, j];
        }

        double* right = memory.Pointer + ((long)n * stride);
        for (int i = 0; i < n; i++) right[i] = b[i];
        int refused = Cholesky.Solve(memory.Pointer, right, n, stride);
        for (int i = 0; i < n; i++) b[i] = right[i];
        return refused;
    }

    // A sum of so many squares: of full rank, or not.
    private static (double[,] A, double[] X) Draw(int n, int rank)
    {
        CounterRng rng = new(4, (ulong)n, (ulong)rank);
        double[,] a = new double[n, n];
        for (int r = 0; r < rank; r++)
        {
            double[] v = new double[n];
            for (int i = 0; i < n; i++) v[i] = rng.NextNormal();
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++) a[i, j] += v[i] * v[j];
            }
        }

        double[] x = new double[n];
        for (int i = 0; i < n; i++) x[i] = rng.NextNormal();
        return (a, x);
    }

    private static double[] Times(double[,] a, double[] x)
    {
        double[] b = new double[x.Length];
        for (int i = 0; i < b.Length; i++)
        {
            for (int j = 0; j < b.Length; j++) b[i] += a[i, j] * x[j];
        }

        return b;
    }
}
