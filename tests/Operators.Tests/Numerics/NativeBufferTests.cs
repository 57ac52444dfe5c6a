using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Numerics;

public sealed class NativeBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1 << 20)]
    public unsafe void Memory_is_aligned_and_zeroed(int length)
    {
        using NativeBuffer<double> buffer = new(length);
        Assert.Equal(0u, (nuint)buffer.Pointer % 64);
        Assert.Equal(-1, buffer.AsSpan(0, length).IndexOfAnyExcept(0.0));
    }

    [Fact]
    public void A_span_outside_is_refused()
    {
        using NativeBuffer<int> buffer = new(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.AsSpan(8, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.AsSpan(-1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBuffer<int>(-1));
    }

    [Fact]
    public void A_span_after_disposal_is_refused()
    {
        NativeBuffer<int> buffer = new(10);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.AsSpan(0, 1));
    }

    [Fact]
    public void Memory_is_committed_when_touched_not_before()
    {
        long before = Resident();
        using NativeBuffer<byte> buffer = new(1L << 30);
        Assert.True(Resident() - before < 1L << 26, "A gigabyte that nobody touched was committed.");
    }

    private static long Resident()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Resident memory is read from /proc.");
        return long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
