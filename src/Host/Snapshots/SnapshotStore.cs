using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Streaming.Host.Files;

namespace Streaming.Host.Snapshots;

/// <summary>A snapshot that was found valid.</summary>
internal sealed record LoadedSnapshot(long Epoch, long Events, IReadOnlyDictionary<string, LoadedSection> Sections);

/// <summary>Manifests are there, but none leads to a valid snapshot. Ends the process with 74.</summary>
internal sealed class NoValidSnapshotException(string message) : IOException(message);

/// <summary>A snapshot that a later version of the engine has written: whole, and not to be understood.</summary>
internal sealed class NewerFormatException(int format, int understood) : IOException($"has format {format}, and this version understands formats up to {understood}");

/// <summary>
/// A folder of snapshots: <c>snapshot-N.bin</c> with the state and <c>manifest-N.json</c>, which names it and makes it count; where a folder goes from process to process, the
/// name of the former ends with that of its writer, so that two that write at the same time do not meet. The newest generations are kept; a
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

    /// <summary>Keeps a process that has lost the folder to another from making its snapshots valid; null where only one process ever writes here.</summary>
    public ISnapshotFence? Fence { get; init; }

    /// <inheritdoc/>
    public string Place => folder;

    /// <inheritdoc/>
    public long Write(long epoch, long events, IReadOnlyList<SnapshotSection> sections)
    {
        try
        {
            Fence?.Check();
            return WriteOwn(epoch, events, sections);
        }
        catch (Exception e) when (Fence is not null && e is IOException or UnauthorizedAccessException)
        {
            Fence!.Check(); // whoever has the folder now may have removed what was being written: that it is lost says more
            throw;
        }
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

    /// <summary>Removes what writes that did not come to their end have left; to be called before the first of one's own.</summary>
    public void RemoveUnfinished()
    {
        if (!_files.FolderExists(folder)) return;
        foreach (string file in _files.Files(folder).Where(f => f.EndsWith(".tmp", StringComparison.Ordinal) && Leftover().IsMatch(Path.GetFileName(f))).ToArray()) _files.Delete(file);
    }

    [GeneratedRegex(@"^(snapshot-[0-9]{8,}(-[0-9a-f]+)?\.bin(\.tmp)?|manifest-[0-9]{8,}\.json(-[0-9a-f]+)?\.tmp)$")]
    private static partial Regex Leftover();

    [GeneratedRegex(@"^snapshot-([0-9]{8,})(?:-[0-9a-f]+)?\.bin$")]
    private static partial Regex StateFile();

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

    private long WriteOwn(long epoch, long events, IReadOnlyList<SnapshotSection> sections)
    {
        _durable.CreateFolder(folder);
        string number = Number(epoch), file = $"{FilePrefix}{number}{Suffix}.bin", manifestFile = Path.Combine(folder, $"{ManifestPrefix}{number}{ManifestSuffix}");
        // One that was passed over when the run began: its manifest must not speak of the new file.
        if (Epochs().Contains(epoch)) _durable.Delete(manifestFile);
        long length = 0;
        _durable.Replace(Path.Combine(folder, file), stream => length = SnapshotFile.Write(stream, sections));
        byte[] manifest = Manifest.Of(epoch, events, file, length, [.. sections.Select(s => s.Id)]).ToBytes();
        Fence?.Check();
        _durable.Replace(manifestFile, stream => stream.Write(manifest), temporary: $"{manifestFile}{Suffix}.tmp");
        Fence?.Check(); // whoever has come in between has newer ones
        long[] epochs = Epochs();
        // Later ones were passed over too; they would be taken for newer than what follows.
        foreach (long later in epochs.Where(e => e > epoch)) Delete(later);
        foreach (long old in epochs.Where(e => e <= epoch).SkipLast(keep)) Delete(old);
        return length;
    }

    /// <summary>What tells the files of one process from those of another that writes here, too.</summary>
    private string Suffix => Fence is null ? "" : $"-{Fence.Name}";

    private static string Number(long epoch) => epoch.ToString("D8", CultureInfo.InvariantCulture);

    private LoadedSnapshot Load(long epoch)
    {
        Manifest manifest = Manifest.Parse(ReadAll(Path.Combine(folder, $"{ManifestPrefix}{Number(epoch)}{ManifestSuffix}")));
        if (manifest.Epoch != epoch || !IsFileOf(epoch, manifest.File)) throw new InvalidDataException("the manifest belongs to another snapshot");
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
        // The manifest first: a snapshot without one does not count, a manifest without its file would be a damaged snapshot.
        _durable.Delete(Path.Combine(folder, $"{ManifestPrefix}{Number(epoch)}{ManifestSuffix}"));
        foreach (string file in _files.Files(folder).Where(f => IsFileOf(epoch, Path.GetFileName(f))).ToArray()) _files.Delete(file);
    }

    /// <summary>Whether a file of this name has the state of a snapshot with this number, whoever wrote it.</summary>
    private static bool IsFileOf(long epoch, string name) => StateFile().Match(name) is { Success: true } match && match.Groups[1].Value == Number(epoch);
}
