using System.Buffers.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <content>
/// Features: <c>|namespace[:scale] name[:value] ...</c>, as often as there are bars. A value is 1 unless it is given, and is multiplied by the scale. A
/// feature's key is that of its namespace and its name; one without a name (<c>:2</c>) is called by its place among these in its namespace.
/// </content>
public sealed partial class VwFormat
{
    private bool TryFeatures(ReadOnlySpan<byte> text, string field, ref EventWriter writer, out DecodeError error)
    {
        foreach (System.Range range in text.Split((byte)'|'))
        {
            if (!TryNamespace(text[range], field, ref writer, out error)) return false;
        }

        error = default;
        return true;
    }

    private bool TryNamespace(ReadOnlySpan<byte> text, string field, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        ulong space = 0;
        double scale = 1;
        int anonymous = 0;
        if (text.Length > 0 && text[0] is not ((byte)' ' or (byte)'\t') && VwLine.TryWord(ref text, out ReadOnlySpan<byte> head))
        {
            if (!TryValue(ref head, field, out scale, out error)) return false;
            space = FeatureKeys.Namespace(head);
        }

        Span<byte> digits = stackalloc byte[11];
        while (VwLine.TryWord(ref text, out ReadOnlySpan<byte> name))
        {
            if (_features++ == DecisionLimits.MaxFeatures) return Fail(RejectionReason.TooComplex, field, out error);
            if (!TryValue(ref name, field, out double value, out error)) return false;
            ulong key;
            if (name.IsEmpty)
            {
                Utf8Formatter.TryFormat(anonymous++, digits, out int length);
                key = FeatureKeys.Of(digits[..length], space);
            }
            else
            {
                key = FeatureKeys.Of(name, space);
            }

            if (!FeatureKeys.TryNumeric(key, value * scale, out Feature feature, out RejectionReason reason)) return Fail(reason, field, out error);
            writer.AddFeature(feature);
        }

        return true;
    }

    /// <summary>Cuts the value off a name; 1 if it has none.</summary>
    private static bool TryValue(scoped ref ReadOnlySpan<byte> name, string field, out double value, out DecodeError error)
    {
        value = 1;
        error = default;
        int colon = name.IndexOf((byte)':');
        if (colon < 0) return true;
        bool good = Numbers.TryReal(name[(colon + 1)..], out value, out RejectionReason reason);
        name = name[..colon];
        return good || Fail(reason == RejectionReason.MissingField ? RejectionReason.NotANumber : reason, field, out error);
    }
}
