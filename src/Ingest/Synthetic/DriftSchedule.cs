namespace Streaming.Ingest.Synthetic;

/// <summary>The tastes at one place of a log: those of a segment, or on their way from it to the next.</summary>
/// <param name="Segment">0-based number of the segment.</param>
/// <param name="Next">How much of the next segment's tastes are there, 0 to below 1; 0 but for gradual change.</param>
internal readonly record struct Tastes(int Segment, double Next)
{
    /// <summary>Mixes what is so in <see cref="Segment"/> with what is so in the next.</summary>
    public double Mix(double here, double next) => ((1 - Next) * here) + (Next * next);
}

/// <summary>
/// Where tastes change: abruptly, at <see cref="RatingsOptions.DriftAt"/>, and linearly from <see cref="RatingsOptions.GradualFrom"/> to
/// <see cref="RatingsOptions.GradualTo"/>. Each change leads to a segment of its own. A function of the place alone; safe from any thread.
/// </summary>
internal sealed class DriftSchedule
{
    private readonly long[] _abrupt;
    private readonly long _from = long.MaxValue;
    private readonly long _to = long.MaxValue;

    /// <summary>The schedule of valid options.</summary>
    public DriftSchedule(RatingsOptions options)
    {
        _abrupt = [.. options.DriftAt.Select(at => Place(at, options.Events))];
        Segments = 1 + _abrupt.Length;
        if (options.GradualFrom is not double from || options.GradualTo is not double to) return;
        (_from, _to) = (Place(from, options.Events), Place(to, options.Events));
        Segments++;
    }

    /// <summary>Segments in all, at least 1.</summary>
    public int Segments { get; }

    /// <summary>The number of the event that a position means: below 1 a share of the events, else the number itself.</summary>
    public static long Place(double position, long events) => position < 1 ? (long)(position * events) : (long)position;

    /// <summary>The tastes when event <paramref name="n"/> happens; linear in the number of changes, which are few.</summary>
    public Tastes At(long n)
    {
        int segment = n >= _to ? 1 : 0;
        foreach (long at in _abrupt)
        {
            if (n >= at) segment++;
        }

        return new Tastes(segment, n > _from && n < _to ? (n - _from) / (double)(_to - _from) : 0);
    }
}
