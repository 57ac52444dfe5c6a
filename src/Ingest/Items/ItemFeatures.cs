using System.Text;
using System.Text.Unicode;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Items;

/// <summary>What the texts of an item's record become.</summary>
internal static class ItemFeatures
{
    /// <summary>Most features of an item.</summary>
    public const int Max = 256;

    /// <summary>Adds the values of a list, which stand between bars, as categorical features; empty ones are passed over. False if one is too long or not UTF-8.</summary>
    public static bool TryList(ulong name, ReadOnlySpan<byte> list, ref EventWriter writer, out RejectionReason reason)
    {
        reason = RejectionReason.None;
        foreach (System.Range range in list.Split((byte)'|'))
        {
            ReadOnlySpan<byte> value = list[range].Trim((byte)' ');
            if (value.IsEmpty) continue;
            if (!FeatureKeys.TryCategorical(name, value, out Feature feature, out reason)) return false;
            writer.AddFeature(feature);
        }

        return true;
    }

    /// <summary>A title as text: UTF-8, or Latin-1 where it is not that (older files of MovieLens). Null for an empty one.</summary>
    public static string? Title(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? null : (Utf8.IsValid(bytes) ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes);
}
