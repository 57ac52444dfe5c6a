namespace Streaming.Ingest.Files;

/// <summary>
/// Sorts events stably by time: a radix sort from the lowest digit up (Knuth, The Art of Computer Programming 3, 5.2.5), on 11 bits of the time a pass.
/// Times are counted from the first, in seconds where all are whole seconds apart, so that few passes are needed (3 for a span of 68 years in seconds).
/// </summary>
internal static class TimeOrder
{
    /// <summary>Bytes an event that sorting takes for itself.</summary>
    public const int BytesPerEvent = 2 * (sizeof(long) + sizeof(int));

    private const int DigitBits = 11;
    private const int Buckets = 1 << DigitBits;
    private const long Second = 1_000_000;

    /// <summary>The indices of the store's events in time order; null if they are in it already. Linear in their number.</summary>
    public static int[]? Of(EventStore store)
    {
        int n = store.Count;
        if (n == 0) return null;
        long min = store.Time(0), max = min, before = min;
        bool sorted = true, whole = true;
        for (int i = 0; i < n; i++)
        {
            long time = store.Time(i);
            sorted &= time >= before;
            before = time;
            min = Math.Min(min, time);
            max = Math.Max(max, time);
            whole &= time % Second == 0;
        }

        if (sorted) return null;
        long unit = whole ? Second : 1;
        ulong[] keys = new ulong[n];
        int[] order = new int[n];
        for (int i = 0; i < n; i++) (keys[i], order[i]) = ((ulong)((store.Time(i) - min) / unit), i);
        return Sort(keys, order, (ulong)((max - min) / unit));
    }

    private static int[] Sort(ulong[] keys, int[] order, ulong largest)
    {
        ulong[] keysTo = new ulong[keys.Length];
        int[] orderTo = new int[order.Length];
        int[] starts = new int[Buckets];
        for (int shift = 0; shift < 64 && largest >> shift != 0; shift += DigitBits)
        {
            Array.Clear(starts);
            foreach (ulong key in keys) starts[(int)(key >> shift) & (Buckets - 1)]++;
            int sum = 0;
            for (int b = 0; b < Buckets; b++) (starts[b], sum) = (sum, sum + starts[b]);
            for (int i = 0; i < keys.Length; i++)
            {
                int to = starts[(int)(keys[i] >> shift) & (Buckets - 1)]++;
                (keysTo[to], orderTo[to]) = (keys[i], order[i]);
            }

            (keys, keysTo, order, orderTo) = (keysTo, keys, orderTo, order);
        }

        return order;
    }
}
