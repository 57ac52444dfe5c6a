using Streaming.Abstractions.State;

namespace Streaming.Host.Snapshots;

/// <summary>Gives the parts of a pipeline back what a snapshot has of them.</summary>
internal static class SnapshotRestorer
{
    /// <summary>
    /// Restores each part from its section. A part without a section starts fresh (a challenger that was added), a section without a part is left out
    /// (a stage that was removed); both are said through <paramref name="say"/>.
    /// </summary>
    /// <exception cref="StateMismatchException">A section does not fit its part; the message names it.</exception>
    public static void Restore(LoadedSnapshot snapshot, IReadOnlyList<(string Id, IStateful Part)> parts, Action<string> say)
    {
        foreach ((string id, IStateful part) in parts)
        {
            if (snapshot.Sections.TryGetValue(id, out LoadedSection? section)) Restore(section, part);
            else say($"'{id}' is not in snapshot {snapshot.Epoch}: it starts fresh at event {snapshot.Events}");
        }

        foreach (string id in snapshot.Sections.Keys.Except(parts.Select(p => p.Id), StringComparer.Ordinal).Order(StringComparer.Ordinal))
            say($"snapshot {snapshot.Epoch} has state of '{id}', which the configuration does not name: it is left out");
    }

    private static void Restore(LoadedSection section, IStateful part)
    {
        if (section.Tag != part.StateTag)
            throw new StateMismatchException($"'{section.Id}' was of kind {section.Tag} and is now of kind {part.StateTag}.");
        if (section.Version < 1 || section.Version > part.StateVersion)
            throw new StateMismatchException($"'{section.Id}' has state of version {section.Version}; versions 1 to {part.StateVersion} are understood.");
        StateReader reader = new(section.Payload);
        try
        {
            part.Restore(ref reader, section.Version);
        }
        catch (StateMismatchException e)
        {
            throw new StateMismatchException($"'{section.Id}': {e.Message}");
        }

        if (reader.Remaining != 0) throw new StateMismatchException($"'{section.Id}' has {reader.Remaining} bytes more than were read.");
    }
}
