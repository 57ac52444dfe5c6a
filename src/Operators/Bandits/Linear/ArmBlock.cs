namespace Streaming.Operators.Bandits.Linear;

/// <summary>
/// One arm's share of memory, which begins at <see cref="Inverse"/> and holds, one after the other: the inverse matrix (stride x stride, row-major, all of
/// it, symmetric to the last bit), the weights (stride), the vector b (stride), and the lower triangle of A by rows, each padded to whole blocks of 8.
/// </summary>
/// <remarks>A value type over native memory: valid while its owner holds the block.</remarks>
internal unsafe struct ArmBlock
{
    /// <summary>Inverse of A; null where the arm has no block.</summary>
    public double* Inverse;

    /// <summary>Rows and columns, a multiple of 8.</summary>
    public int Stride;

    /// <summary>Updates since A was last inverted anew.</summary>
    public int Updates;

    /// <summary>Number of the pull, of all arms, that was this arm's last.</summary>
    public long LastPull;

    /// <summary>1-based row of the arm with a block that was pulled next before this one; 0 for none.</summary>
    public int Older;

    /// <summary>1-based row of the arm with a block that was pulled next after this one; 0 for none.</summary>
    public int Newer;

    /// <summary>The weights, A^-1 b.</summary>
    public readonly double* Weights => Inverse + ((long)Stride * Stride);

    /// <summary>Sum of rewards times features.</summary>
    public readonly double* B => Weights + Stride;

    /// <summary>Elements of a block.</summary>
    public static long Length(int stride) => ((long)stride * stride) + (2L * stride) + TriangleStart(stride);

    /// <summary>The row of an inverse.</summary>
    public readonly double* InverseRow(int place) => Inverse + ((long)place * Stride);

    /// <summary>The row of A, up to its diagonal.</summary>
    public readonly double* Row(int place) => B + Stride + TriangleStart(place);

    // Rows 8k to 8k + 7 have 8 (k + 1) elements each.
    private static long TriangleStart(int row)
    {
        long k = row / RidgeKernel.Lanes;
        return (32 * k * (k + 1)) + ((row % RidgeKernel.Lanes) * RidgeKernel.Lanes * (k + 1));
    }
}
