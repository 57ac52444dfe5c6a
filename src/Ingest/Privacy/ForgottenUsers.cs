using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;

namespace Streaming.Ingest.Privacy;

/// <summary>Tells the events of users who were forgotten. O(1) an event; about 40 bytes a user. One caller at a time.</summary>
internal sealed class ForgottenUsers
{
    private readonly Dictionary<ulong, long> _until = [];

    /// <summary>The users of a list, whose names the codec does not keep from now on.</summary>
    public ForgottenUsers(IReadOnlyList<ForgottenUser> users, EntityKeyCodec keys)
    {
        foreach (ForgottenUser user in users)
        {
            ulong key = user.KeyOf(keys);
            _until[key] = Math.Max(user.Until, _until.GetValueOrDefault(key, long.MinValue));
            keys.Withhold(key);
        }
    }

    /// <summary>Whether the event is of a user who was forgotten at its time or later. A control record never is.</summary>
    public bool Has(in Event e) => _until.Count > 0 && e.Kind != EventKind.Control && _until.TryGetValue(e.User, out long until) && e.Time <= until;
}
