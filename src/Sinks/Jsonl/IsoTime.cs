namespace Streaming.Sinks.Jsonl;

/// <summary>
/// Prints times as ISO 8601 in UTC with as many digits of the second as they need: <c>2013-05-31T11:33:20Z</c>, <c>…20.25Z</c>. Years
/// outside 0 to 9999 get a sign and six digits (ISO 8601, expanded representation).
/// </summary>
public static class IsoTime
{
    /// <summary>Bytes that are enough for any time.</summary>
    public const int MaxBytes = 32;

    private const long MicrosPerSecond = 1_000_000;
    private const long MicrosPerDay = 86_400 * MicrosPerSecond;

    /// <summary>Prints <paramref name="micros"/> (microseconds since the Unix epoch), and returns how many bytes that took. Any value can be printed.</summary>
    /// <param name="micros">Microseconds since the Unix epoch, UTC.</param>
    /// <param name="utf8">At least <see cref="MaxBytes"/> bytes.</param>
    public static int Format(long micros, Span<byte> utf8)
    {
        (long days, long rest) = Math.DivRem(micros, MicrosPerDay);
        if (rest < 0) (days, rest) = (days - 1, rest + MicrosPerDay);
        (long year, int month, int day) = Civil(days);
        (int seconds, int fraction) = ((int)(rest / MicrosPerSecond), (int)(rest % MicrosPerSecond));

        int n = 0;
        if (year is < 0 or > 9999) utf8[n++] = (byte)(year < 0 ? '-' : '+');
        n += Digits(utf8[n..], (int)Math.Abs(year), year is < 0 or > 9999 ? 6 : 4);
        utf8[n++] = (byte)'-';
        n += Digits(utf8[n..], month, 2);
        utf8[n++] = (byte)'-';
        n += Digits(utf8[n..], day, 2);
        utf8[n++] = (byte)'T';
        n += Digits(utf8[n..], seconds / 3600, 2);
        utf8[n++] = (byte)':';
        n += Digits(utf8[n..], seconds / 60 % 60, 2);
        utf8[n++] = (byte)':';
        n += Digits(utf8[n..], seconds % 60, 2);
        if (fraction > 0)
        {
            int width = 6;
            for (; fraction % 10 == 0; fraction /= 10) width--;
            utf8[n++] = (byte)'.';
            n += Digits(utf8[n..], fraction, width);
        }

        utf8[n++] = (byte)'Z';
        return n;
    }

    private static int Digits(Span<byte> utf8, int value, int width)
    {
        for (int i = width - 1; i >= 0; i--, value /= 10) utf8[i] = (byte)('0' + (value % 10));
        return width;
    }

    /// <summary>Year, month and day of a number of days since the epoch, in the proleptic Gregorian calendar: eras of 400 years that begin in March.</summary>
    private static (long Year, int Month, int Day) Civil(long days)
    {
        days += 719_468; // from 0000-03-01
        long era = (days >= 0 ? days : days - 146_096) / 146_097;
        int dayOfEra = (int)(days - (era * 146_097));
        int yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        int dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        int shifted = ((5 * dayOfYear) + 2) / 153; // 0 is March
        int month = shifted < 10 ? shifted + 3 : shifted - 9;
        return ((era * 400) + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (((153 * shifted) + 2) / 5) + 1);
    }
}
