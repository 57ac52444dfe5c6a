using System.Numerics;

namespace Streaming.Operators.Numerics;

/// <content>The projection of a row onto what is not negative.</content>
public static unsafe partial class FactorKernel<T>
{
    /// <summary>row = max(row, 0), for a sound row of <paramref name="length"/> elements, a multiple of 16. The same at every vector width.</summary>
    public static void RaiseToZero(T* row, int length)
    {
        for (int i = 0; i < length; i += Vector<T>.Count) Vector.Max(Vector.Load(row + i), Vector<T>.Zero).Store(row + i);
    }
}
