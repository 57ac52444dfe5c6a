namespace Streaming.Host.Files;

/// <summary>Changes to files that are on the disk when they return.</summary>
/// <param name="files">The operations they are made of.</param>
internal sealed class DurableFiles(IFileOps files)
{
    /// <summary>
    /// Creates or replaces <paramref name="path"/> in one step: a reader, or a restart after a crash at any moment, sees the whole new file or none
    /// of it. Temporary file, flush to disk, rename, flush of the folder.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="temporary">The temporary file, in the same folder; null: the file's name with <c>.tmp</c>.</param>
    public void Replace(string path, Action<Stream> write, string? temporary = null)
    {
        temporary ??= path + ".tmp";
        using (Stream stream = files.Create(temporary))
        {
            write(stream);
            files.Sync(stream);
        }

        files.Rename(temporary, path);
        files.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Deletes a file, if it is there.</summary>
    public void Delete(string path)
    {
        files.Delete(path);
        files.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Makes a folder, if it is not there.</summary>
    public void CreateFolder(string folder)
    {
        if (files.FolderExists(folder)) return;
        files.CreateFolder(folder);
        if (Path.GetDirectoryName(Path.GetFullPath(folder)) is { } parent) files.SyncFolder(parent);
    }
}
