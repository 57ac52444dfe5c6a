using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Items;

/// <summary>
/// Items as JSON objects, one a line: <c>item</c>, and where the file has them <c>title</c>, <c>born</c> and <c>expires</c>. Every other member is a feature, as a value of a log's context is: a number
/// a numeric one, a string or truth value a categorical one, null none. An array is a list of categorical values. The members of an object <c>features</c> are features too; other objects are passed over.
/// </summary>
/// <remarks>One caller at a time. Of <c>item</c>, <c>title</c>, <c>born</c> and <c>expires</c> given twice the last counts; a feature given twice is an error.</remarks>
internal sealed class JsonItemFormat : IItemFormat, IJsonFormat
{
    private readonly JsonValues _values = new();
    private readonly KeySet _seen = new();
    private ItemLife _life;
    private int _mark;

    /// <inheritdoc/>
    public string Name => "jsonl";

    /// <inheritdoc/>
    public Framing Framing => Framing.Line;

    /// <inheritdoc/>
    public ItemLife Life => _life;

    /// <inheritdoc/>
    public string? Title { get; private set; }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error) => JsonCursor.TryDecode(this, record, ref writer, out error);

    /// <inheritdoc/>
    bool IJsonFormat.TryRecord(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        (Title, _life, _mark) = (null, ItemLife.Always, writer.FeatureMark);
        _seen.Clear();
        ulong item = 0;
        if (!TryMembers(ref json, ref writer, ref item, isOuter: true, out error) || !json.TryEnd()) return false;
        if (item == 0) return Fail(RejectionReason.MissingField, FieldNames.Item, out error);
        if (_life.Born >= _life.Expires) return Fail(RejectionReason.OutOfRange, FieldNames.Expires, out error);
        ref Event e = ref writer.Add();
        (e.Item, e.Features) = (item, writer.FeaturesSince(_mark));
        return true;
    }

    private bool TryMembers(ref JsonCursor json, ref EventWriter writer, ref ulong item, bool isOuter, out DecodeError error)
    {
        error = default;
        while (json.NextName())
        {
            if (!_values.TryText(ref json, json.Value, out ReadOnlySpan<byte> name)) return false;
            if (name.Length > FeatureKeys.MaxBytes) return Fail(RejectionReason.TooComplex, FieldNames.Features, out error);
            string own = isOuter ? OwnName(name) : string.Empty;
            ulong key = FeatureKeys.Of(name);
            if (!json.TryRead()) return false;
            bool good = own.Length > 0
                ? TryOwn(own, ref json, ref writer, ref item, out error)
                : TryFeature(key, ref json, ref writer, out error);
            if (!good) return false;
        }

        return json.Failure == RejectionReason.None;
    }

    private bool TryOwn(string name, ref JsonCursor json, ref EventWriter writer, ref ulong item, out DecodeError error)
    {
        error = default;
        JsonValue value = json.Value;
        if (value.Kind == JsonKind.Null) return true;
        switch (name)
        {
            case FieldNames.Item:
                return _values.TryEntity(ref json, value, ref writer, FieldNames.Item, out item, out error);
            case FieldNames.Title:
                if (value.Kind != JsonKind.String) return Fail(RejectionReason.Malformed, FieldNames.Title, out error);
                if (!_values.TryText(ref json, value, out ReadOnlySpan<byte> title)) return false;
                Title = ItemFeatures.Title(title);
                return true;
            case FieldNames.Features:
                if (value.Kind != JsonKind.Object) return Fail(RejectionReason.Malformed, FieldNames.Features, out error);
                return TryMembers(ref json, ref writer, ref item, isOuter: false, out error);
            default:
                if (!_values.TryTime(ref json, value, out long time, out error))
                {
                    error = error with { Field = name };
                    return false;
                }

                _life = name == FieldNames.Born ? _life with { Born = time } : _life with { Expires = time };
                return true;
        }
    }

    private bool TryFeature(ulong name, ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        JsonKind kind = json.Value.Kind;
        if (!_seen.Add(name)) return Fail(RejectionReason.DuplicateKey, FieldNames.Features, out error);
        if (kind == JsonKind.Null) return true;
        if (kind == JsonKind.Object) return json.TryPass(out _);
        if (kind != JsonKind.Array)
        {
            if (!_values.TryFeature(ref json, name, FeatureKeys.MaxBytes, FieldNames.Features, out Feature feature, out error)) return false;
            return TryAdd(feature, ref writer, out error);
        }

        while (json.NextElement())
        {
            if (json.Value.Kind is JsonKind.Object or JsonKind.Array)
            {
                if (!json.TryPass(out _)) return false;
                continue;
            }

            if (json.Value.Kind == JsonKind.Null) continue;
            ReadOnlySpan<byte> text = json[json.Value];
            if (json.Value.Kind == JsonKind.String && !_values.TryText(ref json, json.Value, out text)) return false;
            if (!FeatureKeys.TryCategorical(name, text, out Feature value, out RejectionReason reason)) return Fail(reason, FieldNames.Features, out error);
            if (!TryAdd(value, ref writer, out error)) return false;
        }

        return json.Failure == RejectionReason.None;
    }

    private bool TryAdd(Feature feature, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        if (writer.FeatureMark - _mark == ItemFeatures.Max) return Fail(RejectionReason.TooComplex, FieldNames.Features, out error);
        writer.AddFeature(feature);
        return true;
    }

    private static string OwnName(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("item"u8) ? FieldNames.Item
        : name.SequenceEqual("title"u8) ? FieldNames.Title
        : name.SequenceEqual("born"u8) ? FieldNames.Born
        : name.SequenceEqual("expires"u8) ? FieldNames.Expires
        : name.SequenceEqual("features"u8) ? FieldNames.Features
        : string.Empty;
}
