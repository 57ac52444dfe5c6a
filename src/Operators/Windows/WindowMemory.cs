namespace Streaming.Operators.Windows;

/// <summary>Room for the events of one window, 16 bytes each: its own, or a part of a slab that many windows share.</summary>
internal readonly record struct WindowMemory(double[] AllValues, long[] AllTimes, int Start, int Length)
{
    /// <summary>Bytes an event takes.</summary>
    public const int BytesPerEvent = sizeof(double) + sizeof(long);

    public Span<double> Values => AllValues.AsSpan(Start, Length);

    public Span<long> Times => AllTimes.AsSpan(Start, Length);

    public static WindowMemory Allocate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return new WindowMemory(new double[length], new long[length], 0, length);
    }

    public WindowMemory Part(int start, int length) => new(AllValues, AllTimes, Start + start, length);
}
