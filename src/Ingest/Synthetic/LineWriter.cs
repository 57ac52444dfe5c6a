using System.Buffers.Text;

namespace Streaming.Ingest.Synthetic;

/// <summary>Writes one line of a generated log into a buffer that is long enough for it. Numbers are as short as they can be.</summary>
internal ref struct LineWriter(Span<byte> line)
{
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

    /// <summary>Appends <paramref name="number"/> / 10^<paramref name="decimals"/> without zeros at its end, by whole numbers alone.</summary>
    public void Decimal(int number, int decimals)
    {
        uint rest = (uint)Math.Abs((long)number), unit = 1;
        if (number < 0) Character((byte)'-');
        for (int i = 0; i < decimals; i++) unit *= 10;
        (uint whole, rest) = Math.DivRem(rest, unit);
        Whole(whole);
        if (rest == 0) return;
        Character((byte)'.');
        while (rest > 0)
        {
            unit /= 10;
            (uint digit, rest) = Math.DivRem(rest, unit);
            Character((byte)('0' + digit));
        }
    }
}
