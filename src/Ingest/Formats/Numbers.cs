using System.Buffers.Binary;
using System.Globalization;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Reads decimal numbers from UTF-8, correctly rounded. A number of at most 15 digits without an exponent is an integer divided by a power of ten, both
/// exact in a double, so that the one division rounds correctly (Clinger 1990, "How to read floating point numbers accurately", the fast path); one of up
/// to 19 goes through <see cref="PowersOfFive"/>; everything else through the platform's parser.
/// </summary>
internal static class Numbers
{
    /// <summary>Most digits that an integer of 64 bits holds.</summary>
    public const int MaxDigits = 19;

    private const int ExactDigits = 15;

    private static readonly double[] PowersOfTen = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>
    /// The finite number that <paramref name="text"/> is; minus zero is read as zero. False with <see cref="RejectionReason.MissingField"/> (empty),
    /// <see cref="RejectionReason.NotFinite"/> (<c>NaN</c>, <c>inf</c>, <c>1e999</c>) or <see cref="RejectionReason.NotANumber"/>. Linear in the length.
    /// </summary>
    public static bool TryReal(ReadOnlySpan<byte> text, out double value, out RejectionReason reason)
    {
        reason = RejectionReason.None;
        bool negative = !text.IsEmpty && text[0] == (byte)'-';
        int start = negative ? 1 : 0, at = start, fraction = 0;
        ulong mantissa = 0;
        PassDigits(text, ref at, ref mantissa);
        int digits = at - start;
        if (at < text.Length && text[at] == (byte)'.')
        {
            start = ++at;
            PassDigits(text, ref at, ref mantissa);
            fraction = at - start;
        }

        digits += fraction;
        if (at != text.Length || digits is 0 or > MaxDigits) return TrySlow(text, out value, out reason);
        value = Compose(mantissa, digits, fraction, negative);
        return true;
    }

    /// <summary>The number of these digits, at most <see cref="MaxDigits"/>, the last <paramref name="fraction"/> of which follow the point.</summary>
    public static double Compose(ulong mantissa, int digits, int fraction, bool negative)
    {
        double value = digits <= ExactDigits ? mantissa / PowersOfTen[fraction]
            : fraction == 0 || mantissa == 0 ? mantissa
            : PowersOfFive.Scale(mantissa, -fraction);
        return negative ? 0 - value : value;
    }

    /// <summary>
    /// Passes decimal digits and appends them to <paramref name="mantissa"/>, which means nothing once they are more than <see cref="MaxDigits"/> in all.
    /// </summary>
    public static void PassDigits(ReadOnlySpan<byte> text, ref int at, ref ulong mantissa)
    {
        int i = at;
        ulong sum = mantissa;
        while (i + sizeof(ulong) <= text.Length && AreDigits(BinaryPrimitives.ReadUInt64LittleEndian(text[i..]), out ulong eight))
        {
            sum = (sum * 100_000_000) + eight;
            i += sizeof(ulong);
        }

        for (; (uint)i < (uint)text.Length; i++)
        {
            uint digit = (uint)text[i] - '0';
            if (digit > 9) break;
            sum = (sum * 10) + digit;
        }

        (at, mantissa) = (i, sum);
    }

    /// <summary>
    /// Whether eight bytes are digits, and their number: neighbours are joined to pairs, pairs to fours, fours to eight, each in one multiplication
    /// (Lemire 2021, section 5).
    /// </summary>
    private static bool AreDigits(ulong bytes, out ulong number)
    {
        ulong digits = bytes - 0x3030303030303030UL;
        number = (digits * 10) + (digits >> 8);
        number = (((number & 0x000000FF000000FFUL) * 0x000F424000000064UL) + (((number >> 16) & 0x000000FF000000FFUL) * 0x0000271000000001UL)) >> 32;
        return (((bytes + 0x4646464646464646UL) | digits) & 0x8080808080808080UL) == 0;
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
