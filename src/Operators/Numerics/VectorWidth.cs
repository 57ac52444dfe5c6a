using System.Runtime.Intrinsics;

namespace Streaming.Operators.Numerics;

/// <summary>Which vectors a kernel computes with. The results are the same to the last bit; only the speed differs.</summary>
internal enum VectorWidth
{
    /// <summary>One element at a time.</summary>
    Scalar = 1,

    /// <summary>128-bit vectors.</summary>
    V128 = 16,

    /// <summary>256-bit vectors.</summary>
    V256 = 32,

    /// <summary>512-bit vectors.</summary>
    V512 = 64,
}

/// <summary>The width the hardware does best.</summary>
internal static class VectorWidths
{
    /// <summary>The widest accelerated one; a constant to the compiler, so that the choice costs nothing.</summary>
    public static VectorWidth Best =>
        Vector512.IsHardwareAccelerated ? VectorWidth.V512
        : Vector256.IsHardwareAccelerated ? VectorWidth.V256
        : Vector128.IsHardwareAccelerated ? VectorWidth.V128
        : VectorWidth.Scalar;
}
