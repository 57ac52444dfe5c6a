using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Streaming.Host.Snapshots;

/// <summary>A snapshot that was found valid.</summary>
internal sealed record LoadedSnapshot(long Epoch, long Events, IReadOnlyDictionary<string, LoadedSection> Sections);

/// <summary>Manifests are there, but none leads to a valid snapshot. Ends the process with 74.</summary>
internal sealed class NoValidSnapshotException(string message) : IOException(message);

/// <summary>A snapshot that a later version of the engine has written: whole, and not to be understood.</summary>
internal sealed class NewerFormatException(int format, int understood) : IOException($"has format {format}, and this version understands formats up to {understood}");

/// <summary>
/// A folder of snapshots: <c>snapshot-N.bin</c> with the state and <c>manifest-N.json</c>, which makes it count. The newest generations are kept; a
/// newest one that is damaged falls back to the one before, loudly.
/// </summary>
/// <param name="folder">Created when the first snapshot is written.</param>
/// <param name="keep">Generations kept, at least 1.</param>
/// <param name="files">The operating system's files, or those of a test; null for the former.</param>
internal sealed partial class SnapshotStore(string folder, int keep, IFileOps? files = null) : ISnapshotStore
{
    private const string ManifestPrefix = "manifest-";
    private const string ManifestSuffix = ".json";
    private const string FilePrefix = "snapshot-";
    private readonly IFileOps _files = files ?? new SystemFiles();
    private readonly DurableFiles _durable = new(files ?? new SystemFiles());

    /// <summary>The folder.</summary>
    public string Folder => folder;

    /// <inheritdoc/>
    public string Place => folder;

    /// <summary>Called before anything that is there is touched, and again before a snapshot is made valid; where it throws, it is not.</summary>
    public Action BeforeManifest { get; init; } = () => { };

    /// <inheritdoc/>
    public void Write(long epoch, long events, IReadOnlyList<SnapshotSection> sections)
    {
        BeforeManifest();
        _durable.CreateFolder(folder);
        string number = epoch.ToString("D8", CultureInfo.InvariantCulture);
        string file = $"{FilePrefix}{number}.bin", manifestFile = Path.Combine(folder, $"{ManifestPrefix}{number}.json");
        // One that was passed over when the run began: its manifest must not speak of the new file.
        if (Epochs().Contains(epoch)) _durable.Delete(manifestFile);
        long length = 0;
        _durable.Replace(Path.Combine(folder, file), stream => length = SnapshotFile.Write(stream, sections));
        BeforeManifest();
        byte[] manifest = Manifest.Of(epoch, events, file, length, [.. sections.Select(s => s.Id)]).ToBytes();
        _durable.Replace(manifestFile, stream => stream.Write(manifest));
        long[] epochs = Epochs();
        // Later ones were passed over too; they would be taken for newer than what follows.
        foreach (long later in epochs.Where(e => e > epoch)) Delete(later);
        foreach (long old in epochs.Where(e => e <= epoch).SkipLast(keep)) Delete(old);
    }

    /// <inheritdoc/>
    public LoadedSnapshot? LoadNewest(Action<string> warn)
    {
        long[] epochs = Epochs();
        foreach (long epoch in epochs.Reverse())
        {
            try
            {
                return Load(epoch);
            }
            catch (NewerFormatException e)
            {
                throw new NoValidSnapshotException($"Snapshot {epoch} in {folder} {e.Message}: resume with the version that wrote it, or a later one, or start over without --resume.");
            }
            catch (Exception e) when (e is InvalidDataException or JsonException or IOException or UnauthorizedAccessException)
            {
                warn($"snapshot {epoch} in {folder} is damaged and passed over: {e.Message}");
            }
        }

        return epochs.Length == 0 ? null : throw new NoValidSnapshotException($"None of the {epochs.Length} snapshots in {folder} is valid: start over without --resume, or restore the folder.");
    }

    /// <inheritdoc/>
    public int Clear()
    {
        long[] epochs = Epochs();
        foreach (long epoch in epochs) Delete(epoch);
        if (_files.FolderExists(folder))
        {
            // Only what has a name of ours: the folder may hold other things.
            foreach (string leftover in _files.Files(folder).Where(f => Leftover().IsMatch(Path.GetFileName(f))).ToArray()) _files.Delete(leftover);
        }

        return epochs.Length;
    }

    [GeneratedRegex(@"^(snapshot-[0-9]{8,}\.bin(\.tmp)?|manifest-[0-9]{8,}\.json\.tmp)$")]
    private static partial Regex Leftover();

    /// <summary>Numbers of the snapshots that have a manifest, ascending.</summary>
    private long[] Epochs() =>
        !_files.FolderExists(folder)
            ? []
            : [.. _files.Files(folder)
                .Select(f => Path.GetFileName(f)!)
                .Where(f => f.StartsWith(ManifestPrefix, StringComparison.Ordinal) && f.EndsWith(ManifestSuffix, StringComparison.Ordinal))
                .Select(f => f[ManifestPrefix.Length..^ManifestSuffix.Length])
                .Where(n => long.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(n => long.Parse(n, CultureInfo.InvariantCulture))
                .Order()];

    private LoadedSnapshot Load(long epoch)
    {
        string number = epoch.ToString("D8", CultureInfo.InvariantCulture);
        Manifest manifest = Manifest.Parse(ReadAll(Path.Combine(folder, $"{ManifestPrefix}{number}.json")));
        if (manifest.Epoch != epoch || manifest.File != $"{FilePrefix}{number}.bin") throw new InvalidDataException("the manifest belongs to another snapshot");
        using Stream stream = _files.OpenRead(Path.Combine(folder, manifest.File));
        if (stream.Length != manifest.Length) throw new InvalidDataException($"{manifest.File} has {stream.Length} bytes; the manifest says {manifest.Length}");
        return new LoadedSnapshot(epoch, manifest.Events, SnapshotFile.Read(stream).ToDictionary(s => s.Id, StringComparer.Ordinal));
    }

    private byte[] ReadAll(string path)
    {
        using Stream stream = _files.OpenRead(path);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private void Delete(long epoch)
    {
        string number = epoch.ToString("D8", CultureInfo.InvariantCulture);
        // The manifest first: a snapshot without one does not count, a manifest without its file would be a damaged snapshot.
        _durable.Delete(Path.Combine(folder, $"{ManifestPrefix}{number}.json"));
        _files.Delete(Path.Combine(folder, $"{FilePrefix}{number}.bin"));
    }
}
