using Streaming.Abstractions.Sources;
using Streaming.Ingest.Files;

namespace Streaming.Ingest.WriteAhead;

/// <summary>
/// Looks through the last segment of a log after a crash: what was written of an append that never came back is cut off, and the records are counted. Of an append with a key that is not whole nothing
/// is kept, for it will come again. Nothing else is ever cut: a damaged line with whole records behind it was on the disk before, and is for people to judge.
/// </summary>
internal static class SegmentRecovery
{
    private const int LongestLine = 1 << 30;

    /// <summary>Cuts a torn end off and counts. Linear in the segment, in constant memory.</summary>
    /// <param name="segment">The last one of its log.</param>
    /// <param name="kept">Where its keys are kept.</param>
    /// <returns>Number of the record after the last one, and when that arrived; 0 if there is none.</returns>
    /// <exception cref="SourceException">The segment is damaged before its end, or cannot be read.</exception>
    public static (long Next, long Arrived) Run(Segment segment, KeptKeys kept)
    {
        try
        {
            using FileStream file = new(segment.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            LineReader lines = new(file, LongestLine);
            bool ends = EndsWithLine(file);
            long good = 0, next = segment.First, last = 0;
            (long Bytes, long Arrived) before = default;
            kept.Begin();
            while (lines.TryRead(out ReadOnlySpan<byte> line))
            {
                bool whole = lines.Bytes < segment.Length || ends;
                if (!whole || !WriteAheadEnvelope.TryRead(line, out WriteAheadPlace place) || place.Offset != next)
                {
                    Judge(segment, lines, good, next, ends);
                    break;
                }

                if (place.Key is not null) before = (good, last);
                kept.Pass(place);
                (good, last) = (lines.Bytes, place.Arrived);
                next++;
            }

            if (kept.Torn is { } torn) (good, last, next) = (before.Bytes, before.Arrived, torn.Offset);
            if (good < segment.Length)
            {
                file.SetLength(good);
                file.Flush(flushToDisk: true);
                segment.Length = good;
            }

            return (next, last);
        }
        catch (Exception e) when (LogFile.IsReadFailure(e))
        {
            throw LogFile.Failure(segment.Path, e);
        }
    }

    private static bool EndsWithLine(FileStream file)
    {
        if (file.Length == 0) return true;
        file.Position = file.Length - 1;
        bool ends = file.ReadByte() == '\n';
        file.Position = 0;
        return ends;
    }

    private static void Judge(Segment segment, LineReader lines, long good, long next, bool ends)
    {
        long at = lines.Lines;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if ((lines.Bytes < segment.Length || ends) && WriteAheadEnvelope.TryRead(line, out WriteAheadPlace place) && place.Offset > next)
            {
                throw new SourceException($"{segment.Path}: line {at} is damaged, and whole records follow it. Put the file back from a backup; or, to give up record {next} and all "
                    + $"after it, cut the file to its first {good} bytes.");
            }
        }
    }
}
