namespace Streaming.Host.Snapshots;

/// <summary>Where snapshots are kept: a folder, or whatever else holds several generations and says which of them are whole.</summary>
/// <remarks>One caller at a time. A crash of the process or the machine at any moment leaves the newest snapshot that was written, or the one before.</remarks>
internal interface ISnapshotStore
{
    /// <summary>Where it is, for people.</summary>
    string Place { get; }

    /// <summary>Writes a snapshot; when this returns it is durable and the newest, and older generations than wanted are gone.</summary>
    /// <param name="epoch">Its number, above that of the snapshot the run began from. One of that number that is there is replaced, later ones are removed.</param>
    /// <param name="events">Events of the stream that it contains.</param>
    /// <param name="sections">The content, written and released once.</param>
    /// <returns>Bytes of its content.</returns>
    /// <exception cref="IOException">It could not be written; those before are as they were.</exception>
    long Write(long epoch, long events, IReadOnlyList<SnapshotSection> sections);

    /// <summary>The newest valid snapshot; null where there is none at all. What is passed over, and why, goes to <paramref name="warn"/>.</summary>
    /// <exception cref="NoValidSnapshotException">There are snapshots, and none is valid, or the newest is of a later version of the engine.</exception>
    LoadedSnapshot? LoadNewest(Action<string> warn);

    /// <summary>Removes what an earlier run left; returns how many snapshots that were.</summary>
    int Clear();
}
