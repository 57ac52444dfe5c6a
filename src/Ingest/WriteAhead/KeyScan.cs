using Streaming.Abstractions.Sources;
using Streaming.Ingest.Files;

namespace Streaming.Ingest.WriteAhead;

/// <summary>Looks for keys in the segments before the last one, as far back as keys are remembered: at the start of a log.</summary>
internal static class KeyScan
{
    private const int LongestLine = 1 << 30;

    /// <summary>Keeps the keys of those segments, in their order, that have records which arrived since a time. Linear in those segments, in constant memory.</summary>
    /// <param name="segments">All segments, the last included, which is only asked when it begins.</param>
    /// <param name="since">Microseconds since the Unix epoch.</param>
    /// <param name="kept">Where keys are kept.</param>
    /// <exception cref="SourceException">A segment cannot be read.</exception>
    public static void Run(IReadOnlyList<Segment> segments, long since, KeptKeys kept)
    {
        if (!kept.Keeps) return;
        try
        {
            // What stands before the first record of a segment arrived before it. One without a whole record tells nothing.
            int first = segments.Count - 1;
            while (first > 0 && Places(segments[first]).Select(p => p.Arrived).FirstOrDefault(long.MaxValue) >= since) first--;
            for (int i = first; i < segments.Count - 1; i++)
            {
                kept.Begin();
                foreach (WriteAheadPlace place in Places(segments[i])) kept.Pass(place);
            }
        }
        catch (Exception e) when (LogFile.IsReadFailure(e))
        {
            throw LogFile.Failure(segments[0].Path, e);
        }
    }

    /// <summary>The envelopes of a segment, up to the first line that has none.</summary>
    private static IEnumerable<WriteAheadPlace> Places(Segment segment)
    {
        using FileStream file = LogFile.OpenRaw(segment.Path);
        LineReader lines = new(file, LongestLine);
        while (lines.TryRead(out ReadOnlySpan<byte> line) && WriteAheadEnvelope.TryRead(line, out WriteAheadPlace place)) yield return place;
    }
}
