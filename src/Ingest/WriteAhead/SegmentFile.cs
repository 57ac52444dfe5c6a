namespace Streaming.Ingest.WriteAhead;

/// <summary>The file that the log writes to: where a test lets the disk fail.</summary>
internal interface ISegmentFile : IDisposable
{
    /// <summary>Appends.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Returns when everything written is on the disk.</summary>
    void Sync();
}

/// <summary>A file on a disk, by fsync.</summary>
internal sealed class SegmentFile : ISegmentFile
{
    private readonly FileStream _stream;

    /// <summary>Opens a file at its end; makes it if it is missing, durably.</summary>
    public SegmentFile(string path)
    {
        bool isNew = !File.Exists(path);
        _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (isNew) DurableFolder.Sync(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    /// <inheritdoc/>
    public void Sync() => _stream.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
