using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <content>The objects of named values: the context, and the features of an action.</content>
public sealed partial class JsonlFormat
{
    private bool TryContext(ref JsonCursor json, out DecodeError error)
    {
        if (json.Value.Kind != JsonKind.Object) return Fail(RejectionReason.Malformed, FieldNames.Context, out error);
        _seen.Clear();
        while (TryNextFeature(ref json, FieldNames.Context, out Feature feature, out error)) _context.Add(feature);
        return error.Reason == RejectionReason.None && json.Failure == RejectionReason.None;
    }

    private bool TryFeatures(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        if (json.Value.Kind != JsonKind.Object) return Fail(RejectionReason.Malformed, FieldNames.Features, out error);
        _seen.Clear();
        while (TryNextFeature(ref json, FieldNames.Features, out Feature feature, out error)) writer.AddFeature(feature);
        return error.Reason == RejectionReason.None && json.Failure == RejectionReason.None;
    }

    /// <summary>The next value of the object at hand that is a feature. False at the object's end, on failure, and with an error.</summary>
    private bool TryNextFeature(ref JsonCursor json, string field, out Feature feature, out DecodeError error)
    {
        feature = default;
        error = default;
        while (json.NextName())
        {
            if (!_values.TryText(ref json, json.Value, out ReadOnlySpan<byte> name)) return false;
            if (name.Length > FeatureKeys.MaxBytes || _features == DecisionLimits.MaxFeatures) return Fail(RejectionReason.TooComplex, field, out error);
            ulong key = FeatureKeys.Of(name);
            if (!_seen.Add(key)) return Fail(RejectionReason.DuplicateKey, field, out error);
            if (!json.TryRead()) return false;
            if (json.Value.Kind == JsonKind.Null) continue;
            if (json.Value.Kind is JsonKind.Object or JsonKind.Array)
            {
                if (!json.TryPass(out _)) return false;
                continue;
            }

            _features++;
            return _values.TryFeature(ref json, key, FeatureKeys.MaxBytes, field, out feature, out error);
        }

        return false;
    }

    /// <summary>A dense vector: features whose keys are their places.</summary>
    private bool TryVector(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        if (json.Value.Kind != JsonKind.Array) return Fail(RejectionReason.Malformed, FieldNames.Vector, out error);
        for (ulong place = 0; json.NextElement(); place++)
        {
            if (_features++ == DecisionLimits.MaxFeatures) return Fail(RejectionReason.TooComplex, FieldNames.Vector, out error);
            if (!JsonValues.TryNumber(ref json, json.Value, FieldNames.Vector, out double number, out error)) return false;
            if (!FeatureKeys.TryNumeric(place, number, out Feature feature, out RejectionReason reason)) return Fail(reason, FieldNames.Vector, out error);
            writer.AddFeature(feature);
        }

        return json.Failure == RejectionReason.None;
    }
}
