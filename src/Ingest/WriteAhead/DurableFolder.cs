using System.Runtime.InteropServices;

namespace Streaming.Ingest.WriteAhead;

/// <summary>Folders whose files are there after a crash.</summary>
public static partial class DurableFolder
{
    private const int ReadOnly = 0;

    /// <summary>Makes a folder that is missing, durably.</summary>
    public static void Create(string folder)
    {
        if (Directory.Exists(folder)) return;
        Directory.CreateDirectory(folder);
        if (Path.GetDirectoryName(Path.GetFullPath(folder)) is { } parent) Sync(parent);
    }

    /// <summary>Makes creations, renames and deletions in a folder durable. Windows has no such call, and needs none for renames.</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(folder, ReadOnly);
        if (descriptor < 0) throw new IOException($"The folder {folder} cannot be opened to flush it (error {Marshal.GetLastPInvokeError()}).");
        int result = Fsync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result != 0) throw new IOException($"The folder {folder} cannot be flushed (error {error}).");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
