namespace Streaming.Ingest.Formats;

/// <summary>What stands between the fields of a csv.</summary>
internal static class Separators
{
    private static ReadOnlySpan<byte> Candidates => ",;\t|"u8;

    /// <summary>The separator that an option's text means: one ASCII character, or <c>tab</c>. False if it means none.</summary>
    public static bool TryParse(string text, out byte separator)
    {
        separator = text == "tab" ? (byte)'\t' : text.Length == 1 && char.IsAscii(text[0]) ? (byte)text[0] : (byte)0;
        return separator is not (0 or (byte)'"' or (byte)'\n' or (byte)'\r');
    }

    /// <summary>
    /// The one of <c>, ; tab |</c> that cuts most lines of <paramref name="sample"/> into as many fields as its first line (ties: into more
    /// fields, then in this order); 0 if the first line has none of them.
    /// </summary>
    public static byte Guess(ReadOnlySpan<byte> sample)
    {
        byte best = 0;
        long bestScore = 0;
        foreach (byte candidate in Candidates)
        {
            int first = -1, agree = 0;
            foreach (System.Range range in sample.Split((byte)'\n'))
            {
                ReadOnlySpan<byte> line = sample[range];
                if (line.IsEmpty || line is [(byte)'\r']) continue;
                int count = line.Count(candidate);
                if (first < 0) first = count;
                if (count == first) agree++;
            }

            long score = first > 0 ? ((long)agree << 32) + first : 0;
            if (score > bestScore) (best, bestScore) = (candidate, score);
        }

        return best;
    }
}
