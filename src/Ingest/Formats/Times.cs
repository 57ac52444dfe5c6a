using System.Globalization;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Reads event times: microseconds since the Unix epoch, from 0 to the end of the year 9999. A text that is no time is
/// <see cref="RejectionReason.BadTime"/>, one outside that span <see cref="RejectionReason.TimeOutOfRange"/>. Spaces around a time are passed over, as they are around numbers.
/// </summary>
internal static class Times
{
    /// <summary>Last microsecond of the year 9999.</summary>
    public const long Max = 253_402_300_799_999_999;

    private const long Second = 1_000_000;
    private const long SecondsBelow = 100_000_000_000;
    private const long MillisecondsBelow = SecondsBelow * 1000;

    /// <summary>Whole Unix seconds.</summary>
    public static bool TryUnixSeconds(ReadOnlySpan<byte> text, out long time, out RejectionReason reason)
    {
        if (TryInteger(text, out time) || TryInteger(text = text.Trim((byte)' '), out time))
            return InRange(time > Max / Second ? long.MaxValue : time * Second, out time, out reason);
        bool negative = text.Length > 1 && text[0] == (byte)'-' && IsDigits(text[1..]);
        reason = negative || IsDigits(text) ? RejectionReason.TimeOutOfRange : RejectionReason.BadTime;
        return false;
    }

    /// <summary>
    /// Unix seconds (below 1e11: until the year 5138), milliseconds (below 1e14) or microseconds, told apart by magnitude, with a fraction or
    /// without; or ISO 8601 (<see cref="IsoTime"/>).
    /// </summary>
    public static bool TryAny(ReadOnlySpan<byte> text, out long time, out RejectionReason reason)
    {
        if (TryInteger(text, out time) || TryInteger(text = text.Trim((byte)' '), out time)) return InRange(Scale(time), out time, out reason);
        if (IsoTime.TryParse(text, out time)) return InRange(time, out time, out reason);
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!text.EndsWith((byte)0) && decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out decimal number))
        {
            // What is out of range is not scaled: it might leave the range of the type.
            decimal micros = number < 0 || number > Max ? -1 : number < SecondsBelow ? number * Second : number < MillisecondsBelow ? number * 1000 : number;
            return InRange(micros > Max ? -1 : (long)micros, out time, out reason);
        }

        reason = Numbers.TryReal(text, out _, out _) ? RejectionReason.TimeOutOfRange : RejectionReason.BadTime;
        return false;
    }

    private static long Scale(long number) => number < SecondsBelow ? number * Second : number < MillisecondsBelow ? number * 1000 : number;

    private static bool InRange(long value, out long time, out RejectionReason reason)
    {
        time = value;
        reason = (ulong)value <= Max ? RejectionReason.None : RejectionReason.TimeOutOfRange;
        return reason == RejectionReason.None;
    }

    private static bool TryInteger(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if ((uint)(text.Length - 1) >= 18) return false;
        foreach (byte b in text)
        {
            uint digit = (uint)b - '0';
            if (digit > 9) return false;
            value = (value * 10) + digit;
        }

        return true;
    }

    private static bool IsDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
