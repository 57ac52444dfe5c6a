using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <content>The object of context values.</content>
public sealed partial class JsonlFormat
{
    private bool TryContext(ref Utf8JsonReader reader, ref EventWriter writer, out ArenaSpan features, out DecodeError error)
    {
        features = default;
        error = default;
        if (reader.TokenType != JsonTokenType.StartObject) return Fail(RejectionReason.Malformed, FieldNames.Context, out error);
        int mark = writer.FeatureMark, names = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryText(ref reader, out ReadOnlySpan<byte> name) || name.Length > FeatureKeys.MaxBytes || names == MaxContext)
                return Fail(RejectionReason.TooComplex, FieldNames.Context, out error);
            ulong key = FeatureKeys.Of(name);
            if (_contextNames.AsSpan(0, names).Contains(key)) return Fail(RejectionReason.DuplicateKey, FieldNames.Context, out error);
            _contextNames[names++] = key;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null) continue;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                if (!TrySkip(ref reader, out error)) return false;
                continue;
            }

            if (!TryFeature(ref reader, key, out Feature feature, out RejectionReason reason)) return Fail(reason, FieldNames.Context, out error);
            writer.AddFeature(feature);
        }

        features = writer.FeaturesSince(mark);
        return true;
    }

    private bool TryFeature(ref Utf8JsonReader reader, ulong name, out Feature feature, out RejectionReason reason)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            feature = default;
            return Numbers.TryReal(reader.ValueSpan, out double number, out reason) && FeatureKeys.TryNumeric(name, number, out feature, out reason);
        }

        ReadOnlySpan<byte> text = reader.TokenType switch
        {
            JsonTokenType.True => "true"u8,
            JsonTokenType.False => "false"u8,
            _ => default,
        };
        if (reader.TokenType == JsonTokenType.String && !TryText(ref reader, out text))
        {
            feature = default;
            reason = RejectionReason.TooComplex;
            return false;
        }

        return FeatureKeys.TryCategorical(name, text, out feature, out reason);
    }
}
