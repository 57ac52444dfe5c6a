using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Keys of the ids that join decisions with their rewards, and of the rewards' own: fixed 64-bit hashes, the same in every format and run. They come once
/// and are never shown, so they take no place among the names of entities. Two of n ids share a key with probability below n^2 / 2^64.
/// </summary>
internal static class DecisionKeys
{
    private const ulong Seed = 0x6465636973696F6EUL;

    /// <summary>
    /// The key of an id in valid UTF-8, never 0. False if it is empty, longer than <see cref="EntityKeyCodec.MaxIdBytes"/>, or has control characters.
    /// </summary>
    public static bool TryOf(ReadOnlySpan<byte> id, string field, out ulong key, out DecodeError error)
    {
        ulong hash = XxHash64.Hash(id, Seed);
        key = hash == 0 ? 1 : hash;
        bool bad = id.Length > EntityKeyCodec.MaxIdBytes || id.ContainsAnyInRange((byte)0, (byte)0x1F) || id.Contains((byte)0x7F);
        RejectionReason reason = id.IsEmpty ? RejectionReason.MissingField : bad ? RejectionReason.BadId : RejectionReason.None;
        error = reason == RejectionReason.None ? default : new DecodeError(reason, field);
        return reason == RejectionReason.None;
    }
}
