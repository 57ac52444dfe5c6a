namespace Streaming.Ingest.Formats;

/// <summary>Comparison of UTF-8 with names that are ASCII.</summary>
internal static class Ascii
{
    /// <summary>Whether <paramref name="text"/> is <paramref name="name"/>, whatever the case of its letters.</summary>
    public static bool Is(ReadOnlySpan<byte> text, string name) => System.Text.Ascii.EqualsIgnoreCase(text, name);

    /// <summary>Whether <paramref name="text"/> is one of <paramref name="names"/>, whatever the case of its letters.</summary>
    public static bool IsAny(ReadOnlySpan<byte> text, ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Is(text, name)) return true;
        }

        return false;
    }
}
