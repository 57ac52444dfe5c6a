namespace Streaming.Host.Observability;

/// <summary>
/// How long events were on their way, from their arrival at the broker or in the write-ahead log until all stages had seen them: quantiles over about the last million, by counts
/// in buckets that grow by a tenth, so that a quantile is within 10 % of the true one.
/// </summary>
/// <remarks>Safe from any thread. Constant memory; O(1) an event. From 0.1 ms to an hour; what lies outside counts as the nearest.</remarks>
internal sealed class ArrivalDelays
{
    private const double Smallest = 100; // microseconds
    private const double Growth = 1.1;
    private const int Buckets = 184;
    private const long Window = 1 << 20;

    private static readonly double LogGrowth = Math.Log(Growth);

    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[Buckets];
    private long _total;

    /// <summary>Takes delays in.</summary>
    /// <param name="micros">Microseconds; a negative one, by clocks that differ, counts as none.</param>
    public void Add(ReadOnlySpan<long> micros)
    {
        lock (_gate)
        {
            foreach (long delay in micros) _counts[BucketOf(delay)]++;
            _total += micros.Length;
            if (_total > Window) Halve();
        }
    }

    /// <summary>The delay that a share of the events did not exceed, in seconds; NaN before the first event.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double Quantile(double share)
    {
        lock (_gate)
        {
            if (_total == 0) return double.NaN;
            long rank = Math.Max(1, (long)Math.Ceiling(share * _total)), seen = 0;
            int bucket = 0;
            while (seen + _counts[bucket] < rank) seen += _counts[bucket++];
            return Smallest * Math.Pow(Growth, bucket) / 1e6;
        }
    }

    private static int BucketOf(long micros) => micros <= Smallest ? 0 : Math.Min(Buckets - 1, (int)Math.Ceiling(Math.Log(micros / Smallest) / LogGrowth));

    private void Halve()
    {
        _total = 0;
        for (int i = 0; i < Buckets; i++)
        {
            _counts[i] /= 2;
            _total += _counts[i];
        }
    }
}
