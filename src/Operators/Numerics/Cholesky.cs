namespace Streaming.Operators.Numerics;

/// <summary>
/// Solves a symmetric, positive definite system in place by its Cholesky factor A = U'U (Golub, Van Loan 2013, Matrix computations, section 4.2.5: the outer
/// product form).
/// </summary>
/// <remarks>
/// Rows of the upper triangle are updated whole by <see cref="FactorKernel{T}.Move(T*, T*, int, T, T)"/>, so that results are the same at every vector width.
/// O(n^3 / 6 + n^2); no allocation. Safe from any thread on memory that no other thread uses.
/// </remarks>
internal static unsafe class Cholesky
{
    /// <summary>Solves A x = b.</summary>
    /// <param name="a">A, n rows of <paramref name="stride"/> elements; of the upper triangle it becomes the factor, below it anything.</param>
    /// <param name="b">The right side; becomes the solution.</param>
    /// <param name="n">Unknowns.</param>
    /// <param name="stride">Elements from one row to the next, a multiple of 16 and at least <paramref name="n"/>.</param>
    /// <returns>
    /// -1; or the first row whose pivot is not above n 2^-52 of the diagonal element it comes from: to the precision of the numbers A is not positive definite, and
    /// b is no solution.
    /// </returns>
    public static int Solve(double* a, double* b, int n, int stride)
    {
        double* diagonal = stackalloc double[n];
        for (int i = 0; i < n; i++) diagonal[i] = a[((long)i * stride) + i];
        for (int j = 0; j < n; j++)
        {
            double* row = a + ((long)j * stride);
            double pivot = row[j];
            if (!(pivot > diagonal[j] * n * double.ScaleB(1, -52)) || double.IsInfinity(pivot)) return j;
            double root = Math.Sqrt(pivot);
            row[j] = root;
            for (int i = j + 1; i < n; i++) row[i] /= root;
            for (int i = j + 1; i < n; i++) Subtract(a + ((long)i * stride), row, row[i], i, stride);
            b[j] /= root;
            for (int i = j + 1; i < n; i++) b[i] -= b[j] * row[i];
        }

        for (int j = n - 1; j >= 0; j--)
        {
            double* row = a + ((long)j * stride);
            double sum = b[j];
            for (int i = j + 1; i < n; i++) sum -= row[i] * b[i];
            b[j] = sum / row[j];
        }

        return -1;
    }

    // From element `first` on; those of its block before it are not looked at again.
    private static void Subtract(double* to, double* row, double times, int first, int stride)
    {
        int start = first & -FactorKernel<double>.Lanes;
        FactorKernel<double>.Move(to + start, row + start, stride - start, -times, 1);
    }
}
