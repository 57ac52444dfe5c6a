using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <content>
/// Features: numbers are numeric, texts and truth values categorical, keyed by the name of the nearest object around them and their own. Objects in a list
/// are read as if they stood one after another under its name; the numbers of a list are numeric features by their places. Names that begin with
/// <c>_</c> are no features, nor are lists in lists.
/// </content>
public sealed partial class DsjsonFormat
{
    private ulong _tag;
    private ulong _id;
    private bool _inAction;

    private bool TryBody(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        if (json.Value.Kind != JsonKind.Object) return Fail(RejectionReason.Malformed, FieldNames.Body, out error);
        _inAction = false;
        return TryMembers(ref json, ref writer, 0, outermost: true, out error);
    }

    private bool TryMulti(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        if (!_actions.IsEmpty) return Fail(RejectionReason.DuplicateKey, FieldNames.Multi, out error);
        if (json.Value.Kind != JsonKind.Array) return Fail(RejectionReason.Malformed, FieldNames.Multi, out error);
        int mark = writer.ActionMark;
        _inAction = true;
        for (int place = 0; json.NextElement(); place++)
        {
            if (place == DecisionLimits.MaxActions) return Fail(RejectionReason.TooComplex, FieldNames.Multi, out error);
            if (json.Value.Kind != JsonKind.Object) return Fail(RejectionReason.Malformed, FieldNames.Multi, out error);
            (_tag, _id) = (EntityKeyCodec.None, EntityKeyCodec.None);
            int features = writer.FeatureMark;
            if (!TryMembers(ref json, ref writer, 0, outermost: true, out error)) return false;
            ulong id = _tag != EntityKeyCodec.None ? _tag : _id != EntityKeyCodec.None ? _id : DecisionRules.KeyOfPlace(place, ref writer);
            writer.AddAction(new CandidateAction(id, writer.FeaturesSince(features)));
        }

        _inAction = false;
        _actions = writer.ActionsSince(mark);
        return json.Failure == RejectionReason.None;
    }

    /// <summary>The members of the object at hand, in the namespace <paramref name="space"/>.</summary>
    private bool TryMembers(ref JsonCursor json, ref EventWriter writer, ulong space, bool outermost, out DecodeError error)
    {
        error = default;
        while (json.NextName())
        {
            if (!_values.TryText(ref json, json.Value, out ReadOnlySpan<byte> name)) return false;
            if (name is [(byte)'_', ..])
            {
                bool multi = outermost && !_inAction && name.SequenceEqual("_multi"u8), tag = outermost && _inAction && name.SequenceEqual("_tag"u8);
                if (outermost && name.SequenceEqual("_slots"u8)) return Fail(RejectionReason.Malformed, FieldNames.Slots, out error);
                if (!json.TryRead()) return false;
                bool good = json.Value.Kind == JsonKind.Null || (multi ? TryMulti(ref json, ref writer, out error)
                    : tag ? TryTag(ref json, ref writer, out error)
                    : json.TryPass(out _));
                if (!good) return false;
                continue;
            }

            ulong key = FeatureKeys.Of(name, space);
            bool id = _inAction && name.SequenceEqual("id"u8);
            if (!json.TryRead()) return false;
            ulong inner = json.Value.Kind is JsonKind.Object or JsonKind.Array ? FeatureKeys.Namespace(name) : 0;
            if (id && _tag == EntityKeyCodec.None && _id == EntityKeyCodec.None) TryId(ref json, ref writer);
            if (json.Failure != RejectionReason.None || !TryValue(ref json, ref writer, key, inner, out error)) return false;
        }

        return json.Failure == RejectionReason.None;
    }

    private bool TryValue(ref JsonCursor json, ref EventWriter writer, ulong key, ulong inner, out DecodeError error) => json.Value.Kind switch
    {
        JsonKind.Object => TryMembers(ref json, ref writer, inner, outermost: false, out error),
        JsonKind.Array => TryList(ref json, ref writer, key, inner, out error),
        _ => TryFeature(ref json, ref writer, key, out error),
    };

    private bool TryList(ref JsonCursor json, ref EventWriter writer, ulong key, ulong inner, out DecodeError error)
    {
        error = default;
        for (int place = 0; json.NextElement(); place++)
        {
            bool good = json.Value.Kind switch
            {
                JsonKind.Object => TryMembers(ref json, ref writer, inner, outermost: false, out error),
                JsonKind.Array => json.TryPass(out _),
                JsonKind.Number => TryFeature(ref json, ref writer, FeatureKeys.Element(key, place), out error),
                _ => TryFeature(ref json, ref writer, key, out error),
            };
            if (!good) return false;
        }

        return json.Failure == RejectionReason.None;
    }

    private bool TryFeature(ref JsonCursor json, ref EventWriter writer, ulong key, out DecodeError error)
    {
        error = default;
        if (json.Value.Kind == JsonKind.Null) return true;
        string field = _inAction ? FieldNames.Features : FieldNames.Context;
        if (_features++ == DecisionLimits.MaxFeatures) return Fail(RejectionReason.TooComplex, field, out error);
        if (!_values.TryFeature(ref json, key, int.MaxValue, field, out Feature feature, out error)) return false;
        if (_inAction) writer.AddFeature(feature);
        else _context.Add(feature);
        return true;
    }

    private bool TryTag(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        if (_tag != EntityKeyCodec.None) return Fail(RejectionReason.DuplicateKey, FieldNames.Multi, out error);
        if (!_values.TryIdText(ref json, json.Value, FieldNames.Actions, out ReadOnlySpan<byte> text, out error)) return false;
        return text.IsEmpty || writer.TryKey(text, FieldNames.Actions, out _tag, out error);
    }

    /// <summary>Takes the text of a feature called id as the action's, if it can be one.</summary>
    private void TryId(ref JsonCursor json, ref EventWriter writer)
    {
        if (!_values.TryIdText(ref json, json.Value, FieldNames.Actions, out ReadOnlySpan<byte> text, out _)) return;
        writer.TryKey(text, FieldNames.Actions, out _id, out _);
    }
}
