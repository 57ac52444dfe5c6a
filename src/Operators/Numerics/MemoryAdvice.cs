using System.Runtime.InteropServices;

namespace Streaming.Operators.Numerics;

/// <summary>What Linux is told of memory (madvise(2)).</summary>
internal static partial class MemoryAdvice
{
    private const int MadvDontNeed = 4;

    /// <summary>The pages are not needed any more: they read as zero, and take no memory until they are written. 0 if it was done.</summary>
    public static int DontNeed(nuint first, nuint bytes) => Advise(first, bytes, MadvDontNeed);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(nuint first, nuint bytes, int advice);
}
