namespace Streaming.Ingest.Formats;

/// <summary>
/// ISO 8601 in the extended form: <c>2024-05-01</c>, <c>2024-05-01T12:30</c>, <c>2024-05-01 12:30:15.123456789+02:00</c>. Without a zone it is
/// UTC; digits below a microsecond are dropped; a leap second (60) is no time.
/// </summary>
internal static class IsoTime
{
    /// <summary>Microseconds since the Unix epoch, negative before it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-') return false;
        if (!TryTwo(text, out int century) || !TryTwo(text[2..], out int year)) return false;
        if (!TryTwo(text[5..], out int month) || !TryTwo(text[8..], out int day)) return false;
        year += century * 100;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        micros = (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        if (text.Length == 10) return true;
        if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
        return TryClock(text[11..], ref micros);
    }

    private static bool TryClock(ReadOnlySpan<byte> text, ref long micros)
    {
        if (text.Length < 5 || text[2] != ':' || !TryTwo(text, out int hour) || !TryTwo(text[3..], out int minute) || hour > 23 || minute > 59) return false;
        micros += ((hour * 60L) + minute) * 60_000_000;
        text = text[5..];
        if (text.Length >= 3 && text[0] == ':')
        {
            if (!TryTwo(text[1..], out int second) || second > 59) return false;
            micros += second * 1_000_000L;
            text = text[3..];
            if (!TryFraction(ref text, ref micros)) return false;
        }

        return TryZone(text, ref micros);
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> text, ref long micros)
    {
        if (text.IsEmpty || text[0] is not ((byte)'.' or (byte)',')) return true;
        int i = 1;
        for (int unit = 100_000; i < text.Length && char.IsAsciiDigit((char)text[i]); i++, unit /= 10) micros += unit * (text[i] - '0');
        if (i == 1) return false;
        text = text[i..];
        return true;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, ref long micros)
    {
        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z')) return true;
        if (text[0] is not ((byte)'+' or (byte)'-')) return false;
        long sign = text[0] == '+' ? -1 : 1;
        text = text[1..];
        if (!TryTwo(text, out int hours) || hours > 23) return false;
        text = text[2..];
        if (!text.IsEmpty && text[0] == ':') text = text[1..];
        int minutes = 0;
        if (!text.IsEmpty && (text.Length != 2 || !TryTwo(text, out minutes) || minutes > 59)) return false;
        micros += sign * ((hours * 60L) + minutes) * 60_000_000;
        return true;
    }

    private static bool TryTwo(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        if (text.Length < 2) return false;
        uint tens = (uint)text[0] - '0', ones = (uint)text[1] - '0';
        value = (int)((tens * 10) + ones);
        return tens <= 9 && ones <= 9;
    }
}
