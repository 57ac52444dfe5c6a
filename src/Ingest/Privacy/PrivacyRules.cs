using System.Globalization;
using System.Text;
using Streaming.Abstractions.Keys;

namespace Streaming.Ingest.Privacy;

/// <summary>What the intake is to keep to itself, and of whom it takes nothing: the root <c>Privacy</c>, read.</summary>
/// <param name="HashesIds">Whether no byte of a record may be shown: dead letters have a keyed hash of it instead.</param>
/// <param name="Forgotten">Users whose events up to a time are left out.</param>
public sealed record PrivacyRules(bool HashesIds, IReadOnlyList<ForgottenUser> Forgotten)
{
    /// <summary>No rules.</summary>
    public static PrivacyRules None { get; } = new(HashesIds: false, []);

    /// <summary>A hash of the list, by which a resume tells that it is another; 0 for an empty one.</summary>
    internal ulong Digest
    {
        get
        {
            if (Forgotten.Count == 0) return 0;
            StringBuilder text = new();
            foreach (ForgottenUser user in Forgotten) text.Append(CultureInfo.InvariantCulture, $"{user.Id}\n{user.Key}\n{user.Until}\n");
            return XxHash64.Hash(Encoding.UTF8.GetBytes(text.ToString()), 2);
        }
    }
}
