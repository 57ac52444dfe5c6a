using System.IO.Compression;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Files;

/// <summary>One file of a log, opened for one pass from its start: plain, gzip (told by its first two bytes), or the standard input.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly FileStream? _file;

    // Without this, the platform takes compressed data that ends early for data that ends.
    static LogFile() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    private LogFile(string path, Stream content, FileStream? file, bool seekable) => (Path, Content, _file, IsSeekable) = (path, content, file, seekable);

    /// <summary>As it was named.</summary>
    public string Path { get; }

    /// <summary>What it holds, decompressed.</summary>
    public Stream Content { get; }

    /// <summary>Whether <see cref="Content"/> can be set to any place: not where it is decompressed or piped.</summary>
    public bool IsSeekable { get; }

    /// <summary>Bytes of the file read so far, compressed if it is.</summary>
    public long BytesRead => _file?.Position ?? 0;

    /// <summary>Opens <paramref name="path"/>; <see cref="FileSet.StandardInput"/> is <paramref name="standardInput"/>.</summary>
    /// <exception cref="SourceException">It cannot be opened.</exception>
    public static LogFile Open(string path, Func<Stream> standardInput)
    {
        if (path == FileSet.StandardInput) return new LogFile("standard input", standardInput(), null, seekable: false);
        FileStream file = OpenRaw(path);
        try
        {
            Span<byte> magic = stackalloc byte[2];
            bool gzip = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
            file.Position = 0;
            return new LogFile(path, gzip ? new GZipStream(file, CompressionMode.Decompress) : file, file, seekable: !gzip);
        }
        catch (Exception e) when (IsReadFailure(e))
        {
            file.Dispose();
            throw Failure(path, e);
        }
    }

    /// <summary>Opens a file for reading as it is.</summary>
    /// <exception cref="SourceException">It cannot be opened.</exception>
    public static FileStream OpenRaw(string path)
    {
        if (Directory.Exists(path)) throw new SourceException($"{path}: is a directory.");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
        }
        catch (Exception e) when (IsReadFailure(e))
        {
            throw Failure(path, e);
        }
    }

    /// <summary>Whether an exception means that the outside world failed, not this code.</summary>
    public static bool IsReadFailure(Exception e) => e is IOException or UnauthorizedAccessException or InvalidDataException;

    /// <summary>The failure as the user sees it.</summary>
    public static SourceException Failure(string path, Exception e) => e switch
    {
        SourceException source => source,
        FileNotFoundException or DirectoryNotFoundException => new SourceException($"{path}: no such file.", e),
        InvalidDataException => new SourceException($"{path}: the compressed data is damaged or ends early: {e.Message}", e),
        _ => new SourceException($"{path}: cannot be read: {e.Message}", e),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        Content.Dispose();
        _file?.Dispose();
    }
}
