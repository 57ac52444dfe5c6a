using Streaming.Ingest.WriteAhead;

namespace Streaming.Host.Files;

/// <summary>The operating system's files.</summary>
internal sealed class SystemFiles : IFileOps
{
    public bool FolderExists(string folder) => Directory.Exists(folder);

    public void CreateFolder(string folder) => Directory.CreateDirectory(folder);

    public IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder);

    public Stream Create(string path) => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);

    public void Sync(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void SyncFolder(string folder) => DurableFolder.Sync(folder);

    public void Delete(string path) => File.Delete(path);

    public Stream OpenRead(string path) => File.OpenRead(path);
}
