using System.Buffers.Binary;
using System.Text.Unicode;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Keys of features: fixed hashes, the same in every run, so that a learned weight keeps its feature. A numeric feature's key is the hash of its
/// name; a categorical one's that of its value, seeded with the hash of its name.
/// </summary>
internal static class FeatureKeys
{
    /// <summary>Longest name or value taken, in bytes.</summary>
    public const int MaxBytes = 256;

    private const ulong Seed = 0x666561747572654BUL;
    private const ulong NamespaceSeed = 0x6E616D6573706163UL;

    /// <summary>Key of the numeric feature <paramref name="name"/>.</summary>
    public static ulong Of(ReadOnlySpan<byte> name) => Named(XxHash64.Hash(name, Seed));

    /// <summary>What stands for the namespace <paramref name="name"/> in <see cref="Of(ReadOnlySpan{byte}, ulong)"/>.</summary>
    public static ulong Namespace(ReadOnlySpan<byte> name) => XxHash64.Hash(name, NamespaceSeed);

    /// <summary>Key of the numeric feature <paramref name="name"/> of a namespace; 0 is the one without name, whose features are keyed by name alone.</summary>
    public static ulong Of(ReadOnlySpan<byte> name, ulong space) => space == 0 ? Of(name) : Named(XxHash64.Hash(name, space));

    /// <summary>Key of the number at <paramref name="index"/> of the list that the feature <paramref name="name"/> is.</summary>
    public static ulong Element(ulong name, int index)
    {
        Span<byte> place = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(place, index);
        return Named(XxHash64.Hash(place, name));
    }

    /// <summary>The categorical feature that <paramref name="value"/>, valid UTF-8 of any length, is.</summary>
    public static Feature Categorical(ulong name, ReadOnlySpan<byte> value) => new(Named(XxHash64.Hash(value, name)), 1);

    /// <summary>A hash as a key: out of the way of the places of dense vectors.</summary>
    private static ulong Named(ulong hash) => hash < Feature.Places ? hash + Feature.Places : hash;

    /// <summary>
    /// The feature that a context value given as text is: numeric if it is a number, else categorical. False if the number is not finite (in single
    /// precision), or the text is longer than <see cref="MaxBytes"/> or not UTF-8.
    /// </summary>
    public static bool TryFeature(ulong name, ReadOnlySpan<byte> value, out Feature feature, out RejectionReason reason)
    {
        if (Numbers.TryReal(value, out double number, out reason)) return TryNumeric(name, number, out feature, out reason);
        feature = default;
        return reason != RejectionReason.NotFinite && TryCategorical(name, value, out feature, out reason);
    }

    /// <summary>A numeric feature; false if the number is not finite in single precision.</summary>
    public static bool TryNumeric(ulong name, double number, out Feature feature, out RejectionReason reason)
    {
        feature = new Feature(name, (float)number);
        reason = float.IsFinite(feature.Value) ? RejectionReason.None : RejectionReason.NotFinite;
        return reason == RejectionReason.None;
    }

    /// <summary>A categorical feature; false if the value is longer than <see cref="MaxBytes"/> or not UTF-8.</summary>
    public static bool TryCategorical(ulong name, ReadOnlySpan<byte> value, out Feature feature, out RejectionReason reason)
    {
        reason = value.Length > MaxBytes ? RejectionReason.TooComplex : Utf8.IsValid(value) ? RejectionReason.None : RejectionReason.InvalidUtf8;
        feature = Categorical(name, value);
        return reason == RejectionReason.None;
    }
}
