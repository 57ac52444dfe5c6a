using System.Buffers.Text;

namespace Streaming.Ingest.Synthetic;

/// <summary>Writes one line of a generated log into a buffer that is long enough for it. Numbers are as short as they can be.</summary>
internal ref struct LineWriter(Span<byte> line)
{
    private static ReadOnlySpan<uint> Units => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    private readonly Span<byte> _line = line;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Appends UTF-8 as it is.</summary>
    public void Text(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(_line[Length..]);
        Length += text.Length;
    }

    /// <summary>Appends one ASCII character.</summary>
    public void Character(byte character) => _line[Length++] = character;

    /// <summary>Appends a whole number.</summary>
    public void Whole(long number)
    {
        Utf8Formatter.TryFormat(number, _line[Length..], out int written);
        Length += written;
    }

    /// <summary>Appends the shortest text that is read back as the same finite number.</summary>
    public void Real(double number)
    {
        number.TryFormat(_line[Length..], out int written, "R", System.Globalization.CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>Appends <paramref name="number"/> / 10^<paramref name="decimals"/>, decimals 0 to 9, without zeros at its end, by whole numbers alone.</summary>
    public void Decimal(int number, int decimals)
    {
        uint unit = Units[decimals], rest = (uint)Math.Abs((long)number), whole = rest / unit;
        rest -= whole * unit;
        if (number < 0) Character((byte)'-');
        if (whole < 10) Character((byte)('0' + whole));
        else Whole(whole);
        if (rest == 0) return;
        while (rest % 10 == 0) (rest, decimals) = (rest / 10, decimals - 1);
        Character((byte)'.');
        for (int i = decimals - 1; i >= 0; i--)
        {
            (rest, uint digit) = Math.DivRem(rest, 10);
            _line[Length + i] = (byte)('0' + digit);
        }

        Length += decimals;
    }
}
