using Streaming.Abstractions.Keys;

namespace Streaming.Ingest.Privacy;

/// <summary>A user of whom nothing is to be learned again, up to a time.</summary>
/// <param name="Id">The user's id; null where only the key is known.</param>
/// <param name="Key">The user's key, where there is no id.</param>
/// <param name="Until">Microseconds since the Unix epoch: events up to then are left out.</param>
public readonly record struct ForgottenUser(string? Id, ulong Key, long Until)
{
    /// <summary>The key that <paramref name="keys"/> gives the user, whose name is not kept for that.</summary>
    public ulong KeyOf(EntityKeyCodec keys) => Id is null ? Key : keys.KeyOf(Id);
}
