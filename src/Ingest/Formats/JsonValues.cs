using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <summary>Turns JSON values into texts, ids, numbers, times and features; names the field where one cannot be.</summary>
/// <remarks>A text without escapes is valid until the next text. One caller at a time.</remarks>
internal sealed class JsonValues
{
    private byte[] _scratch = new byte[1024];

    /// <summary>A string's text without escapes. False, and the cursor fails, if half of a surrogate pair is escaped alone: that is not Unicode.</summary>
    public bool TryText(scoped ref JsonCursor json, JsonValue value, out ReadOnlySpan<byte> text)
    {
        text = json[value];
        if (!value.Escaped) return true;
        if (_scratch.Length < text.Length) _scratch = new byte[Math.Max(text.Length, 2 * _scratch.Length)];
        if (!json.TryUnescape(value, _scratch, out int length)) return false;
        text = _scratch.AsSpan(0, length);
        return true;
    }

    /// <summary>The text of an id: a string, or an integer as it is written. Anything else is no id.</summary>
    public bool TryIdText(scoped ref JsonCursor json, JsonValue value, string field, out ReadOnlySpan<byte> text, out DecodeError error)
    {
        error = default;
        text = default;
        if (value.Kind == JsonKind.String) return TryText(ref json, value, out text);
        if (value.Kind != JsonKind.Number || (text = json[value]).ContainsAny(".eE"u8)) error = new DecodeError(RejectionReason.BadId, field);
        return error.Reason == RejectionReason.None;
    }

    /// <summary>The key of the entity that an id names.</summary>
    public bool TryEntity(scoped ref JsonCursor json, JsonValue value, ref EventWriter writer, string field, out ulong key, out DecodeError error)
    {
        key = 0;
        return TryIdText(ref json, value, field, out ReadOnlySpan<byte> text, out error) && writer.TryKey(text, field, out key, out error);
    }

    /// <summary>The key of the decision or reward that an id names.</summary>
    public bool TryDecision(scoped ref JsonCursor json, JsonValue value, string field, out ulong key, out DecodeError error)
    {
        key = 0;
        return TryIdText(ref json, value, field, out ReadOnlySpan<byte> text, out error) && DecisionKeys.TryOf(text, field, out key, out error);
    }

    /// <summary>A finite number.</summary>
    public static bool TryNumber(scoped ref JsonCursor json, JsonValue value, string field, out double number, out DecodeError error)
    {
        number = double.NaN;
        RejectionReason reason = RejectionReason.NotANumber;
        if (value.Kind is JsonKind.Number or JsonKind.String)
        {
            bool read = Numbers.TryReal(json[value], out number, out reason);
            if (value.Kind == JsonKind.String && reason != RejectionReason.NotFinite) (read, reason) = (false, RejectionReason.NotANumber);
            if (read)
            {
                error = default;
                return true;
            }
        }

        return Fail(reason, field, out error);
    }

    /// <summary>A time, as a number or a text (<see cref="Times.TryAny"/>).</summary>
    public bool TryTime(scoped ref JsonCursor json, JsonValue value, out long time, out DecodeError error)
    {
        error = default;
        time = 0;
        ReadOnlySpan<byte> text = json[value];
        RejectionReason reason = RejectionReason.BadTime;
        if (value.Kind == JsonKind.String && !TryText(ref json, value, out text)) return false;
        if (value.Kind is JsonKind.Number or JsonKind.String && Times.TryAny(text, out time, out reason)) return true;
        return Fail(reason, FieldNames.Time, out error);
    }

    /// <summary>
    /// The feature that the scalar just read is: a number numeric, a string or truth value categorical; its text may have up to
    /// <paramref name="maxBytes"/>.
    /// </summary>
    public bool TryFeature(scoped ref JsonCursor json, ulong name, int maxBytes, string field, out Feature feature, out DecodeError error)
    {
        error = default;
        feature = default;
        JsonValue value = json.Value;
        if (value.Kind == JsonKind.Number)
        {
            if (Numbers.TryReal(json[value], out double number, out RejectionReason reason) && FeatureKeys.TryNumeric(name, number, out feature, out reason)) return true;
            return Fail(reason, field, out error);
        }

        ReadOnlySpan<byte> text = json[value];
        if (value.Kind == JsonKind.String && !TryText(ref json, value, out text)) return false;
        feature = FeatureKeys.Categorical(name, text);
        if (text.Length <= maxBytes) return true;
        return Fail(RejectionReason.TooComplex, field, out error);
    }
}
