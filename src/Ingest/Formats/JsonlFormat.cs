using System.Text.Json;
using System.Text.Unicode;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Interactions as JSON objects, one a line: <c>user</c> and <c>item</c> (strings, or integers, which are the same as their text), and where the
/// log has them <c>value</c> (a number), <c>ts</c> (Unix seconds, milliseconds or microseconds, told apart by magnitude, or ISO 8601) and
/// <c>context</c> (an object of numbers, texts and truth values; what is nested in it is skipped). Other keys are ignored; null is the same as absence. A key that is read must not come twice.
/// </summary>
/// <remarks>Nesting deeper than 32, and more than 256 context values, are <see cref="RejectionReason.TooComplex"/>.</remarks>
public sealed partial class JsonlFormat : IEventFormat
{
    /// <summary>Deepest nesting taken; the record itself is 1.</summary>
    public const int MaxDepth = 32;

    /// <summary>Most context values of a record.</summary>
    public const int MaxContext = 256;

    // The reader throws beyond its own limit, so it gets one that is never reached before ours.
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth + 2 };

    private readonly byte[] _scratch = new byte[2048];
    private readonly ulong[] _contextNames = new ulong[MaxContext];

    private enum Key
    {
        Other,
        User,
        Item,
        Value,
        Time,
        Context,
    }

    /// <inheritdoc/>
    public string Name => "jsonl";

    /// <inheritdoc/>
    public Framing Framing => Framing.Line;

    /// <inheritdoc/>
    public bool TryReadHeader(ReadOnlySpan<byte> record, out DecodeError error)
    {
        error = default;
        return false;
    }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        ReadOnlySpan<byte> text = record.Trim(" \t"u8);
        // Most of what is no JSON object is told here: an exception of the reader costs as much as a hundred records.
        if (text.Length < 2 || text[0] != (byte)'{' || text[^1] != (byte)'}')
        {
            error = new DecodeError(Utf8.IsValid(record) ? RejectionReason.Malformed : RejectionReason.InvalidUtf8, string.Empty);
            return false;
        }

        if (!Utf8.IsValid(text))
        {
            error = new DecodeError(RejectionReason.InvalidUtf8, string.Empty);
            return false;
        }

        Interaction read = new(writer.DefaultTime);
        bool good = false;
        try
        {
            good = TryObject(text, ref writer, ref read, out error);
        }
        catch (JsonException)
        {
            error = new DecodeError(RejectionReason.Malformed, string.Empty);
        }
        catch (InvalidOperationException)
        {
            error = new DecodeError(RejectionReason.InvalidUtf8, string.Empty); // an escaped lone surrogate
        }

        if (!good)
        {
            writer.Undo();
            return false;
        }

        ref Event e = ref writer.Add();
        (e.User, e.Item, e.Value, e.Time, e.Features) = (read.User, read.Item, read.Value, read.Time, read.Features);
        return true;
    }

    private bool TryObject(ReadOnlySpan<byte> text, ref EventWriter writer, ref Interaction read, out DecodeError error)
    {
        Utf8JsonReader reader = new(text, ReaderOptions);
        int seen = 0;
        error = default;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Key key = KeyOf(ref reader);
            if (key != Key.Other && (seen & (1 << (int)key)) != 0) return Fail(RejectionReason.DuplicateKey, FieldOf(key), out error);
            seen |= 1 << (int)key;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null) continue;
            bool good = key switch
            {
                Key.User => TryId(ref reader, ref writer, FieldNames.User, out read.User, out error),
                Key.Item => TryId(ref reader, ref writer, FieldNames.Item, out read.Item, out error),
                Key.Value => TryValue(ref reader, out read.Value, out error),
                Key.Time => TryTime(ref reader, out read.Time, out error),
                Key.Context => TryContext(ref reader, ref writer, out read.Features, out error),
                _ => TrySkip(ref reader, out error),
            };
            if (!good) return false;
        }

        reader.Read(); // throws where something follows the object
        if (read.User == EntityKeyCodec.None) return Fail(RejectionReason.MissingField, FieldNames.User, out error);
        return read.Item != EntityKeyCodec.None || Fail(RejectionReason.MissingField, FieldNames.Item, out error);
    }

    private bool TryId(ref Utf8JsonReader reader, ref EventWriter writer, string field, out ulong key, out DecodeError error)
    {
        key = 0;
        ReadOnlySpan<byte> id = reader.ValueSpan;
        bool good = reader.TokenType switch
        {
            JsonTokenType.String => TryText(ref reader, out id),
            JsonTokenType.Number => !id.ContainsAny(".eE"u8),
            _ => false,
        };
        return good ? writer.TryKey(id, field, out key, out error) : Fail(RejectionReason.BadId, field, out error);
    }

    private static bool TryValue(ref Utf8JsonReader reader, out double value, out DecodeError error)
    {
        error = default;
        value = double.NaN;
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)) return Fail(RejectionReason.NotANumber, FieldNames.Value, out error);
        bool number = Numbers.TryReal(reader.ValueSpan, out value, out RejectionReason reason);
        if (number && reader.TokenType == JsonTokenType.Number) return true;
        return Fail(reason == RejectionReason.NotFinite ? reason : RejectionReason.NotANumber, FieldNames.Value, out error);
    }

    private bool TryTime(ref Utf8JsonReader reader, out long time, out DecodeError error)
    {
        error = default;
        time = 0;
        ReadOnlySpan<byte> text = default;
        if (reader.TokenType == JsonTokenType.Number) text = reader.ValueSpan;
        else if (reader.TokenType != JsonTokenType.String || !TryText(ref reader, out text)) return Fail(RejectionReason.BadTime, FieldNames.Time, out error);
        return Times.TryAny(text, out time, out RejectionReason reason) || Fail(reason, FieldNames.Time, out error);
    }

    /// <summary>Passes a value that is not read.</summary>
    private static bool TrySkip(ref Utf8JsonReader reader, out DecodeError error)
    {
        error = default;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return true;
        int depth = reader.CurrentDepth;
        do
        {
            bool opens = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            if (opens && reader.CurrentDepth >= MaxDepth) return Fail(RejectionReason.TooComplex, string.Empty, out error);
        }
        while (reader.Read() && reader.CurrentDepth > depth);
        return true;
    }

    /// <summary>A string's text without escapes, valid until the next; false if it is too long for any id, name or time.</summary>
    private bool TryText(scoped ref Utf8JsonReader reader, out ReadOnlySpan<byte> text)
    {
        text = reader.ValueSpan;
        if (!reader.ValueIsEscaped) return true;
        if (text.Length > _scratch.Length) return false;
        text = _scratch.AsSpan(0, reader.CopyString(_scratch));
        return true;
    }

    private static Key KeyOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("user"u8)) return Key.User;
        if (reader.ValueTextEquals("item"u8)) return Key.Item;
        if (reader.ValueTextEquals("ts"u8)) return Key.Time;
        if (reader.ValueTextEquals("value"u8)) return Key.Value;
        return reader.ValueTextEquals("context"u8) ? Key.Context : Key.Other;
    }

    private static string FieldOf(Key key) => key switch
    {
        Key.User => FieldNames.User,
        Key.Item => FieldNames.Item,
        Key.Value => FieldNames.Value,
        Key.Time => FieldNames.Time,
        _ => FieldNames.Context,
    };

    private static bool Fail(RejectionReason reason, string field, out DecodeError error)
    {
        error = new DecodeError(reason, field);
        return false;
    }

    private struct Interaction(long defaultTime)
    {
        public ulong User = EntityKeyCodec.None;
        public ulong Item = EntityKeyCodec.None;
        public double Value = double.NaN;
        public long Time = defaultTime;
        public ArenaSpan Features = default;
    }
}
