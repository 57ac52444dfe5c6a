using System.Text.Json;
using System.Text.Unicode;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>What a JSON value is; the numbers are the reader's own.</summary>
internal enum JsonKind : byte
{
    /// <summary>Not there.</summary>
    None = JsonTokenType.None,
    Object = JsonTokenType.StartObject,
    Array = JsonTokenType.StartArray,
    String = JsonTokenType.String,
    Number = JsonTokenType.Number,
    True = JsonTokenType.True,
    False = JsonTokenType.False,
    Null = JsonTokenType.Null,
}

/// <summary>Where a JSON value lies: of a string what is between its quotes, of an object or array all of it once it was passed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Escaped">Whether a string has escapes.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct JsonValue(JsonKind Kind, bool Escaped, int Start, int Length);

/// <summary>
/// Walks over one JSON text (RFC 8259) in UTF-8, forward, value by value, by the platform's <see cref="Utf8JsonReader"/>. Where it stops for good,
/// <see cref="Failure"/> says why: the text breaks the grammar, nests deeper than <see cref="MaxDepth"/>, or escapes what is not Unicode.
/// </summary>
/// <remarks>Linear in the length; nothing is allocated for a good text. The reader tells broken grammar by an exception, which leaves the walk and becomes
/// a failure in <see cref="TryDecode"/>, once a record: caught value by value, it would slow every good record down. A string's escapes are checked
/// when it is passed, whether surrogates are paired when it is read (<see cref="TryUnescape"/>).</remarks>
internal ref struct JsonCursor
{
    /// <summary>Deepest nesting taken; the outermost object is 1.</summary>
    public const int MaxDepth = 32;

    // One level more than is taken, so that what is too deep is seen here before it is an error of the reader.
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth + 1 };

    private readonly ReadOnlySpan<byte> _text;
    private Utf8JsonReader _reader;

    /// <summary>A cursor inside the object or array that <paramref name="text"/> begins with.</summary>
    public JsonCursor(ReadOnlySpan<byte> text)
    {
        _text = text;
        _reader = new Utf8JsonReader(text, ReaderOptions);
        _reader.Read();
    }

    /// <summary>Why the walk has ended; none while it goes on.</summary>
    public RejectionReason Failure { get; private set; }

    /// <summary>The name or value just read; of an object or array, only its place.</summary>
    public readonly JsonValue Value
    {
        get
        {
            JsonTokenType token = _reader.TokenType;
            bool name = token == JsonTokenType.PropertyName;
            int start = (int)_reader.TokenStartIndex + (name || token == JsonTokenType.String ? 1 : 0);
            return new JsonValue(name ? JsonKind.String : (JsonKind)token, _reader.ValueIsEscaped, start, _reader.ValueSpan.Length);
        }
    }

    /// <summary>The bytes of a value of this text.</summary>
    public readonly ReadOnlySpan<byte> this[JsonValue value] => _text.Slice(value.Start, value.Length);

    /// <summary>
    /// Decodes a record by <paramref name="format"/>. False, with the reason, if it is refused; nothing of it remains in <paramref name="writer"/> then.
    /// </summary>
    public static bool TryDecode(IJsonFormat format, ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        ReadOnlySpan<byte> text = record.Trim(" \t"u8);
        error = new DecodeError(ReasonAgainst(text), string.Empty);
        if (error.Reason != RejectionReason.None) return false;
        JsonCursor json = new(text);
        if (json.TryWalk(format, ref writer, out error)) return true;
        if (json.Failure != RejectionReason.None) error = new DecodeError(json.Failure, string.Empty);
        writer.Undo();
        return false;
    }

    /// <summary>A cursor that walks once more over <paramref name="value"/>, an object or array that was passed; it has places of its own.</summary>
    public readonly JsonCursor Again(JsonValue value) => new(this[value]);

    /// <summary>Goes to the next member of the object at hand, whose name is then <see cref="Value"/>. False at the object's end and on failure.</summary>
    public bool NextName()
    {
        if (!_reader.Read()) return Fail();
        return _reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Reads the next element of the array at hand, as <see cref="TryRead"/>. False at the array's end and on failure.</summary>
    public bool NextElement()
    {
        if (!_reader.Read()) return Fail();
        return _reader.TokenType != JsonTokenType.EndArray && Take();
    }

    /// <summary>Reads the value after a name: all of a scalar, only the opening of an object or array. False on failure.</summary>
    public bool TryRead() => _reader.Read() ? Take() : Fail();

    /// <summary>Passes what remains of the value just read, and says where all of it lies. False on failure.</summary>
    public bool TryPass(out JsonValue value)
    {
        value = Value;
        if (value.Kind is not (JsonKind.Object or JsonKind.Array)) return true;
        int depth = _reader.CurrentDepth;
        do
        {
            if (!_reader.Read()) return Fail();
            if (!Take()) return false;
        }
        while (_reader.CurrentDepth > depth);
        value = value with { Length = (int)_reader.BytesConsumed - value.Start };
        return true;
    }

    /// <summary>Whether nothing but white space follows; a failure if not.</summary>
    public bool TryEnd() => !_reader.Read() && Failure == RejectionReason.None;

    /// <summary>
    /// Writes a string of this text without its escapes to <paramref name="to"/>, which is as long as the string at least. False, and the walk fails, if
    /// half of a surrogate pair is escaped alone: that is not Unicode.
    /// </summary>
    public bool TryUnescape(JsonValue value, Span<byte> to, out int length)
    {
        Utf8JsonReader reader = new(_text.Slice(value.Start - 1, value.Length + 2));
        reader.Read();
        try
        {
            length = reader.CopyString(to);
            return true;
        }
        catch (InvalidOperationException)
        {
            length = 0;
            return Fail(RejectionReason.InvalidUtf8);
        }
    }

    /// <summary>Ends the walk; always false.</summary>
    public bool Fail(RejectionReason reason = RejectionReason.Malformed)
    {
        if (Failure == RejectionReason.None) Failure = reason;
        _reader = default;
        return false;
    }

    /// <summary>Has <paramref name="format"/> read the record; what breaks the grammar is caught here and nowhere else.</summary>
    private bool TryWalk(IJsonFormat format, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        try
        {
            return format.TryRecord(ref this, ref writer, out error);
        }
        catch (JsonException)
        {
            return Fail();
        }
    }

    /// <summary>Tells most of what is no JSON object before the reader does: its exception costs as much as some twenty good records.</summary>
    private static RejectionReason ReasonAgainst(ReadOnlySpan<byte> text) => !Utf8.IsValid(text) ? RejectionReason.InvalidUtf8
        : text is [(byte)'{', .., (byte)'}'] ? RejectionReason.None
        : RejectionReason.Malformed;

    /// <summary>Takes the value that the reader has read, unless it opens one level too many.</summary>
    private bool Take() => _reader.CurrentDepth < MaxDepth || !IsOpening() || Fail(RejectionReason.TooComplex);

    private readonly bool IsOpening() => _reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
}
