using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Streaming.Host.Snapshots;

/// <summary>A snapshot that was found valid.</summary>
internal sealed record LoadedSnapshot(long Epoch, long Events, IReadOnlyDictionary<string, LoadedSection> Sections);

/// <summary>Manifests are there, but none leads to a valid snapshot. Ends the process with 74.</summary>
internal sealed class NoValidSnapshotException(string message) : IOException(message);

/// <summary>
/// A folder of snapshots: <c>snapshot-N.bin</c> with the state and <c>manifest-N.json</c>, which makes it count. The newest generations are kept; a
/// newest one that is damaged falls back to the one before, loudly.
/// </summary>
/// <param name="folder">Created when the first snapshot is written.</param>
/// <param name="keep">Generations kept, at least 1.</param>
internal sealed partial class SnapshotStore(string folder, int keep)
{
    private const string ManifestPrefix = "manifest-";
    private const string FilePrefix = "snapshot-";

    public string Folder => folder;

    /// <summary>Called before a snapshot is made valid; where it throws, it is not.</summary>
    public Action BeforeManifest { get; init; } = () => { };

    /// <summary>Writes a snapshot; when this returns it is on the disk, and older generations than wanted are gone.</summary>
    public void Write(long epoch, long events, IReadOnlyList<SnapshotSection> sections)
    {
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            if (Path.GetDirectoryName(Path.GetFullPath(folder)) is { } parent) DurableFiles.SyncFolder(parent);
        }

        string number = epoch.ToString("D8", CultureInfo.InvariantCulture);
        string file = $"{FilePrefix}{number}.bin";
        long length = 0;
        DurableFiles.Replace(Path.Combine(folder, file), stream => length = SnapshotFile.Write(stream, sections));
        BeforeManifest();
        byte[] manifest = Manifest.Of(epoch, events, file, length, [.. sections.Select(s => s.Id)]).ToBytes();
        DurableFiles.Replace(Path.Combine(folder, $"{ManifestPrefix}{number}.json"), stream => stream.Write(manifest));
        foreach (long old in Epochs().SkipLast(keep)) Delete(old);
    }

    /// <summary>The newest valid snapshot; null where there is no manifest at all. What is passed over, and why, goes to <paramref name="warn"/>.</summary>
    /// <exception cref="NoValidSnapshotException">There are manifests, and none leads to a valid snapshot.</exception>
    public LoadedSnapshot? LoadNewest(Action<string> warn)
    {
        long[] epochs = Epochs();
        foreach (long epoch in epochs.Reverse())
        {
            try
            {
                return Load(epoch);
            }
            catch (Exception e) when (e is InvalidDataException or JsonException or IOException or UnauthorizedAccessException)
            {
                warn($"snapshot {epoch} in {folder} is damaged and passed over: {e.Message}");
            }
        }

        return epochs.Length == 0 ? null : throw new NoValidSnapshotException($"None of the {epochs.Length} snapshots in {folder} is valid: start over without --resume, or restore the folder.");
    }

    /// <summary>Removes what an earlier run left; returns how many snapshots that were.</summary>
    public int Clear()
    {
        long[] epochs = Epochs();
        foreach (long epoch in epochs) Delete(epoch);
        if (Directory.Exists(folder))
        {
            // Only what has a name of ours: the folder may hold other things.
            foreach (string leftover in Directory.EnumerateFiles(folder).Where(f => Leftover().IsMatch(Path.GetFileName(f)))) File.Delete(leftover);
        }

        return epochs.Length;
    }

    [GeneratedRegex(@"^(snapshot-[0-9]{8,}\.bin(\.tmp)?|manifest-[0-9]{8,}\.json\.tmp)$")]
    private static partial Regex Leftover();

    /// <summary>Numbers of the snapshots that have a manifest, ascending.</summary>
    private long[] Epochs() =>
        !Directory.Exists(folder)
            ? []
            : [.. Directory.EnumerateFiles(folder, ManifestPrefix + "*.json")
                .Select(f => Path.GetFileNameWithoutExtension(f)[ManifestPrefix.Length..])
                .Where(n => long.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(n => long.Parse(n, CultureInfo.InvariantCulture))
                .Order()];

    private LoadedSnapshot Load(long epoch)
    {
        string number = epoch.ToString("D8", CultureInfo.InvariantCulture);
        Manifest manifest = Manifest.Parse(File.ReadAllBytes(Path.Combine(folder, $"{ManifestPrefix}{number}.json")));
        if (manifest.Epoch != epoch || manifest.File != $"{FilePrefix}{number}.bin") throw new InvalidDataException("the manifest belongs to another snapshot");
        using FileStream stream = File.OpenRead(Path.Combine(folder, manifest.File));
        if (stream.Length != manifest.Length) throw new InvalidDataException($"{manifest.File} has {stream.Length} bytes; the manifest says {manifest.Length}");
        return new LoadedSnapshot(epoch, manifest.Events, SnapshotFile.Read(stream).ToDictionary(s => s.Id, StringComparer.Ordinal));
    }

    private void Delete(long epoch)
    {
        string number = epoch.ToString("D8", CultureInfo.InvariantCulture);
        // The manifest first: a snapshot without one does not count, a manifest without its file would be a damaged snapshot.
        File.Delete(Path.Combine(folder, $"{ManifestPrefix}{number}.json"));
        File.Delete(Path.Combine(folder, $"{FilePrefix}{number}.bin"));
    }
}
