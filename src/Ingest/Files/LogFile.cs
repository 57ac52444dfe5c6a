using System.IO.Compression;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Files;

/// <summary>
/// One file of a log, opened for one pass from its start: plain or gzip (told by the first two bytes), a file, a pipe with a name, or the standard input.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private const int MagicBytes = 2;

    private readonly Stream? _measured;
    private readonly long _length;

    // Without this, the platform takes compressed data that ends early for data that ends.
    static LogFile() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    private LogFile(string path, Stream content, Stream? measured, bool seekable)
    {
        (Path, Content, _measured, IsSeekable) = (path, content, measured, seekable);
        _length = measured?.Length ?? 0;
    }

    /// <summary>As it was named.</summary>
    public string Path { get; }

    /// <summary>What it holds, decompressed.</summary>
    public Stream Content { get; }

    /// <summary>Whether <see cref="Content"/> can be set to any place: not where it is decompressed or piped.</summary>
    public bool IsSeekable { get; }

    /// <summary>Whether it is a pipe, whose length nobody knows.</summary>
    public bool IsPiped => _measured is null;

    /// <summary>Bytes of the file read so far, compressed if it is; 0 for a pipe.</summary>
    public long BytesRead => _measured?.Position ?? 0;

    /// <summary>Whether the file, read to its end, was shorter than when it was opened: it was cut meanwhile. One that grows is read to its new end.</summary>
    public bool HasShrunk => IsSeekable && BytesRead < _length;

    /// <summary>Opens <paramref name="path"/>; <see cref="FileSet.StandardInput"/> is <paramref name="standardInput"/>. Waits for a pipe's first bytes.</summary>
    /// <exception cref="SourceException">It cannot be opened.</exception>
    public static LogFile Open(string path, Func<Stream> standardInput)
    {
        bool standard = path == FileSet.StandardInput;
        string name = standard ? "standard input" : path;
        Stream raw = standard ? standardInput() : OpenRaw(path);
        try
        {
            byte[] magic = new byte[MagicBytes];
            int read = raw.ReadAtLeast(magic, MagicBytes, throwOnEndOfStream: false);
            bool gzip = read == MagicBytes && magic[0] == 0x1F && magic[1] == 0x8B, seekable = !standard && raw.CanSeek;
            Stream whole = raw;
            if (seekable) raw.Position = 0;
            else whole = new PrefixedStream(magic.AsMemory(0, read), raw);
            return new LogFile(name, gzip ? new GZipStream(whole, CompressionMode.Decompress) : whole, seekable ? raw : null, seekable && !gzip);
        }
        catch (Exception e) when (IsReadFailure(e))
        {
            raw.Dispose();
            throw Failure(name, e);
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

    /// <summary>
    /// Length in bytes, of a link that of what it leads to; 0 for a pipe and for what does not exist. Opens nothing: a pipe can be opened once.
    /// </summary>
    public static long LengthOf(string path)
    {
        try
        {
            FileInfo file = new(path);
            FileSystemInfo? target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true);
            return target is FileInfo { Exists: true } found ? found.Length : 0;
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
        _measured?.Dispose();
    }
}
