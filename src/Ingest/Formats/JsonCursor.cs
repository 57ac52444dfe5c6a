using System.Buffers;
using System.Text.Unicode;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>What a JSON value is.</summary>
internal enum JsonKind : byte
{
    /// <summary>Not there.</summary>
    None,
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// <summary>Where a JSON value lies: of a string what is between its quotes, of an object or array all of it once it was passed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Escaped">Whether a string has escapes.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct JsonValue(JsonKind Kind, bool Escaped, int Start, int Length);

/// <summary>
/// Walks over one JSON text (RFC 8259) in UTF-8, forward, value by value. Where the text breaks the grammar, or nests deeper than <see cref="MaxDepth"/>,
/// it stops for good and says why in <see cref="Failure"/>; nothing throws and nothing is allocated, however bad the text is.
/// </summary>
/// <remarks>Linear in the length. A string's escapes are checked when it is passed, whether surrogates are paired when it is read
/// (<see cref="JsonValues"/>).</remarks>
internal ref struct JsonCursor
{
    /// <summary>Deepest nesting taken; the outermost object is 1.</summary>
    public const int MaxDepth = 32;

    private const int Short = 16;

    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _text;
    private int _at;
    private int _depth;
    private bool _first;
    private ulong _mantissa;
    private int _digits;
    private int _fraction;

    private JsonCursor(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>Why the walk has ended; none while it goes on.</summary>
    public RejectionReason Failure { get; private set; }

    /// <summary>The name or value just read; of an object or array, only its place.</summary>
    public JsonValue Value { get; private set; }

    /// <summary>The bytes of a value of this text.</summary>
    public readonly ReadOnlySpan<byte> this[JsonValue value] => _text.Slice(value.Start, value.Length);

    /// <summary>A cursor inside the object that a record is. False, with the reason, if the record begins or ends unlike an object, or is not UTF-8.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> record, out JsonCursor cursor, out DecodeError error)
    {
        ReadOnlySpan<byte> text = record.Trim(" \t"u8);
        cursor = new JsonCursor(text);
        bool utf8 = Utf8.IsValid(text);
        RejectionReason reason = !utf8 ? RejectionReason.InvalidUtf8
            : text.Length < 2 || text[0] != (byte)'{' || text[^1] != (byte)'}' ? RejectionReason.Malformed
            : RejectionReason.None;
        error = reason == RejectionReason.None ? default : new DecodeError(reason, string.Empty);
        return reason == RejectionReason.None && cursor.TryRead();
    }

    /// <summary>A cursor that walks once more over <paramref name="value"/>, which was passed.</summary>
    public readonly JsonCursor Again(JsonValue value)
    {
        JsonCursor cursor = new(_text[..(value.Start + value.Length)]) { _at = value.Start };
        cursor.TryRead();
        return cursor;
    }

    /// <summary>Goes to the next member of the object at hand, whose name is then <see cref="Value"/>. False at the object's end and on failure.</summary>
    public bool NextName()
    {
        byte b = Peek();
        if (b == (byte)'}') return Close();
        if (!_first)
        {
            if (b != (byte)',') return Fail();
            _at++;
            b = Peek();
        }

        _first = false;
        if (b != (byte)'"' || !TryString() || Peek() != (byte)':') return Fail();
        _at++;
        return true;
    }

    /// <summary>Reads the next element of the array at hand, as <see cref="TryRead"/>. False at the array's end and on failure.</summary>
    public bool NextElement()
    {
        byte b = Peek();
        if (b == (byte)']') return Close();
        if (!_first)
        {
            if (b != (byte)',') return Fail();
            _at++;
        }

        _first = false;
        return TryRead();
    }

    /// <summary>Reads the value after a name: all of a scalar, only the opening of an object or array. False on failure.</summary>
    public bool TryRead() => Peek() switch
    {
        (byte)'"' => TryString(),
        (byte)'{' => Open(JsonKind.Object),
        (byte)'[' => Open(JsonKind.Array),
        (byte)'t' => TryLiteral("true"u8, JsonKind.True),
        (byte)'f' => TryLiteral("false"u8, JsonKind.False),
        (byte)'n' => TryLiteral("null"u8, JsonKind.Null),
        _ => TryNumber(),
    };

    /// <summary>The number just read, if it is finite.</summary>
    public readonly bool TryNumber(out double number, out RejectionReason reason)
    {
        if (_digits > Numbers.MaxDigits) return Numbers.TryReal(this[Value], out number, out reason);
        number = Numbers.Compose(_mantissa, _digits, _fraction, _text[Value.Start] == (byte)'-');
        reason = RejectionReason.None;
        return true;
    }

    /// <summary>Passes what remains of the value just read, and says where all of it lies. False on failure.</summary>
    public bool TryPass(out JsonValue value)
    {
        value = Value;
        if (value.Kind == JsonKind.Object)
        {
            while (NextName())
            {
                if (!TryRead() || !TryPass(out _)) return false;
            }
        }
        else if (value.Kind == JsonKind.Array)
        {
            while (NextElement())
            {
                if (!TryPass(out _)) return false;
            }
        }
        else
        {
            return true;
        }

        value = value with { Length = _at - value.Start };
        return Failure == RejectionReason.None;
    }

    /// <summary>Whether nothing but white space follows; a failure if not.</summary>
    public bool TryEnd() => Failure == RejectionReason.None && (Peek() == 0 && _at == _text.Length || Fail());

    /// <summary>Ends the walk; always false.</summary>
    public bool Fail(RejectionReason reason = RejectionReason.Malformed)
    {
        if (Failure == RejectionReason.None) Failure = reason;
        _at = _text.Length;
        return false;
    }

    /// <summary>The next byte that is no white space; 0 at the end.</summary>
    private byte Peek()
    {
        ReadOnlySpan<byte> text = _text;
        int at = _at;
        while ((uint)at < (uint)text.Length)
        {
            byte b = text[at];
            if (b > (byte)' ' || b is not ((byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                _at = at;
                return b;
            }

            at++;
        }

        _at = at;
        return 0;
    }

    private bool Open(JsonKind kind)
    {
        if (++_depth > MaxDepth) return Fail(RejectionReason.TooComplex);
        Value = new JsonValue(kind, false, _at++, 0);
        _first = true;
        return true;
    }

    private bool Close()
    {
        _at++;
        _depth--;
        _first = false;
        return false;
    }

    private bool TryLiteral(ReadOnlySpan<byte> literal, JsonKind kind)
    {
        if (!_text[_at..].StartsWith(literal)) return Fail();
        Value = new JsonValue(kind, false, _at, literal.Length);
        _at += literal.Length;
        return true;
    }

    private bool TryString()
    {
        ReadOnlySpan<byte> text = _text;
        int start = _at + 1, at = start;
        bool escaped = false;
        while (true)
        {
            // Most strings are shorter than what it takes to set a search up.
            int end = Math.Min(at + Short, text.Length);
            while (at < end && text[at] is not ((byte)'"' or (byte)'\\' or < 0x20)) at++;
            if (at == end)
            {
                int found = text[at..].IndexOfAny(Special);
                if (found < 0) return Fail();
                at += found;
            }

            if (text[at] == (byte)'"') break;
            if (text[at] != (byte)'\\' || at + 1 == text.Length) return Fail();
            int length = EscapeLength(text[(at + 1)..]);
            if (length == 0) return Fail();
            escaped = true;
            at += 1 + length;
        }

        Value = new JsonValue(JsonKind.String, escaped, start, at - start);
        _at = at + 1;
        return true;
    }

    /// <summary>Bytes of the escape that begins after a backslash; 0 if there is none such.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> text) => text[0] switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' => 1,
        (byte)'u' when text.Length >= 5 && JsonValues.TryHex(text[1..5], out _) => 5,
        _ => 0,
    };

    private bool TryNumber()
    {
        ReadOnlySpan<byte> text = _text;
        int start = _at, at = start;
        (_mantissa, _fraction) = (0, 0);
        if (at < text.Length && text[at] == (byte)'-') at++;
        int first = at;
        Numbers.PassDigits(text, ref at, ref _mantissa);
        _digits = at - first;
        if (_digits == 0 || (_digits > 1 && text[first] == (byte)'0')) return Fail();
        if (at < text.Length && text[at] == (byte)'.')
        {
            first = ++at;
            Numbers.PassDigits(text, ref at, ref _mantissa);
            _fraction = at - first;
            _digits += _fraction;
            if (_fraction == 0) return Fail();
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            if (++at < text.Length && text[at] is (byte)'+' or (byte)'-') at++;
            first = at;
            ulong exponent = 0;
            Numbers.PassDigits(text, ref at, ref exponent);
            if (at == first) return Fail();
            _digits = int.MaxValue;
        }

        // What may follow a number is for the next call to see.
        Value = new JsonValue(JsonKind.Number, false, start, at - start);
        _at = at;
        return true;
    }
}
