using System.Globalization;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Reads decimal numbers from UTF-8, correctly rounded. A number of at most 19 characters without an exponent whose digits are an integer up to 2^53 is
/// that integer divided by a power of ten, both exact in a double, so that the one division rounds correctly (Clinger 1990, "How to read floating point
/// numbers accurately", the fast path); everything else goes through the platform's parser.
/// </summary>
internal static class Numbers
{
    private const int MaxLength = 19;
    private const long MaxExact = 1L << 53;

    private static readonly double[] PowersOfTen = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

    /// <summary>
    /// The finite number that <paramref name="text"/> is; minus zero is read as zero. False with <see cref="RejectionReason.MissingField"/> (empty),
    /// <see cref="RejectionReason.NotFinite"/> (<c>NaN</c>, <c>inf</c>, <c>1e999</c>) or <see cref="RejectionReason.NotANumber"/>. Linear in the length.
    /// </summary>
    public static bool TryReal(ReadOnlySpan<byte> text, out double value, out RejectionReason reason)
    {
        reason = RejectionReason.None;
        bool negative = !text.IsEmpty && text[0] == (byte)'-';
        ReadOnlySpan<byte> body = negative ? text[1..] : text;
        if ((uint)(body.Length - 1) >= MaxLength) return TrySlow(text, out value, out reason);
        long mantissa = 0;
        int point = -1;
        for (int i = 0; i < body.Length; i++)
        {
            uint digit = (uint)body[i] - '0';
            if (digit <= 9)
                mantissa = (mantissa * 10) + digit;
            else if (body[i] == (byte)'.' && point < 0 && body.Length > 1)
                point = i;
            else
                return TrySlow(text, out value, out reason);
        }

        // Nineteen digits are below 2^64, and those from 2^63 on are negative here.
        if ((ulong)mantissa > MaxExact) return TrySlow(text, out value, out reason);
        value = point < 0 ? mantissa : mantissa / PowersOfTen[body.Length - 1 - point];
        if (negative) value = 0 - value;
        return true;
    }

    private static bool TrySlow(ReadOnlySpan<byte> text, out double value, out RejectionReason reason)
    {
        value = double.NaN;
        text = text.Trim((byte)' ');
        if (text.IsEmpty)
        {
            reason = RejectionReason.MissingField;
            return false;
        }

        // The platform's parser passes over NUL characters at the end.
        if (text[^1] == 0)
        {
            reason = RejectionReason.NotANumber;
            return false;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out value))
        {
            reason = double.IsFinite(value) ? RejectionReason.None : RejectionReason.NotFinite;
            value += 0.0;
            return reason == RejectionReason.None;
        }

        reason = IsNonFinite(text) ? RejectionReason.NotFinite : RejectionReason.NotANumber;
        return false;
    }

    private static bool IsNonFinite(ReadOnlySpan<byte> text)
    {
        if (text[0] is (byte)'-' or (byte)'+') text = text[1..];
        return Ascii.Is(text, "nan") || Ascii.Is(text, "inf") || Ascii.Is(text, "infinity");
    }
}
