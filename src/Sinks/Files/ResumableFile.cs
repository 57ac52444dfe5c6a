using System.Buffers;
using Streaming.Abstractions.State;

namespace Streaming.Sinks.Files;

/// <summary>
/// A text file that grows by whole lines and whose length is state: what was written after a snapshot is cut off when the run goes on from it,
/// so that every line is there once. Lines are gathered in a block, and blocks end with a line.
/// </summary>
/// <remarks>
/// <para>Start. The file is opened by the first <see cref="Start"/>: a fresh run empties what is there, a resumed one cuts it to the saved length.
/// Until then nothing on disk is touched, so that a restore that fails elsewhere costs no line. A special file (a pipe, <c>/dev/stdout</c>) is
/// written as it is, and cannot be resumed.</para>
/// <para>State: the length, lines in the block included; <see cref="FlushToDisk"/> makes the disk agree with it, and comes before the snapshot is valid.
/// One caller at a time. Failures of the disk are thrown as <see cref="IOException"/>.</para>
/// </remarks>
public sealed class ResumableFile : IBufferWriter<byte>, IDisposable
{
    private const int BlockBytes = 128 * 1024;

    private readonly bool _onDemand;
    private byte[] _block = [];
    private int _used;
    private int _ended;
    private bool _failed;
    private volatile bool _abandoned;
    private long _written;
    private long _restored;
    private bool _started;
    private FileStream? _stream;

    /// <summary>A file that is not opened yet.</summary>
    /// <param name="path">Where it is; its folder must exist.</param>
    /// <param name="onDemand">Whether the file is made with its first line only.</param>
    public ResumableFile(string path, bool onDemand)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        (Path, _onDemand) = (path, onDemand);
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>Bytes of the file, those in the block included.</summary>
    public long Length => _started ? _written + _used : _restored;

    /// <summary>Opens the file: empty, or at the restored length. Does nothing after the first time.</summary>
    public void Start()
    {
        if (_started) return;
        if (_restored > 0)
        {
            _stream = Open(FileMode.Open);
            _stream.SetLength(_restored);
            _stream.Seek(0, SeekOrigin.End);
        }
        else if (!_onDemand || File.Exists(Path))
        {
            _stream = Open(FileMode.Create);
        }

        _written = _restored;
        _started = true;
    }

    /// <inheritdoc/>
    public void Advance(int count) => _used += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _block.AsMemory(_used);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _block.AsSpan(_used);
    }

    /// <summary>Ends a line, and hands the block to the operating system when it is full.</summary>
    public void EndLine()
    {
        GetSpan(1)[0] = (byte)'\n';
        Advance(1);
        _ended = _used;
        if (_used >= BlockBytes) HandOver();
    }

    /// <summary>Hands the lines so far to the operating system: readers see them, and the end of this process does not lose them.</summary>
    public void HandOver()
    {
        if (_used == 0 || _abandoned) return;
        _stream ??= Open(FileMode.Create);
        _failed = true;
        _stream.Write(_block, 0, _used);
        _failed = false;
        _written += _used;
        _used = _ended = 0;
    }

    /// <summary>Makes everything written so far durable, by fsync.</summary>
    public void FlushToDisk()
    {
        Start();
        HandOver();
        _stream?.Flush(flushToDisk: true);
    }

    /// <summary>Writes nothing any more: <see cref="Dispose"/> drops the lines that are left, as after a failure of the disk.</summary>
    /// <remarks>From any thread; a write that is under way comes to its end.</remarks>
    public void Abandon() => _abandoned = true;

    /// <summary>Writes the length.</summary>
    public void Save(ref StateWriter writer) => writer.Write(Length);

    /// <summary>Reads the length, and checks that the file has at least as many bytes; they are cut off by <see cref="Start"/>.</summary>
    /// <exception cref="IOException">The file is missing, or shorter than it was at the snapshot.</exception>
    /// <exception cref="StateMismatchException">The length is none.</exception>
    public void Restore(ref StateReader reader)
    {
        if (_started) throw new InvalidOperationException($"{Path} is being written already: its length can only be restored before.");
        long length = reader.Read<long>();
        if (length < 0) throw new StateMismatchException($"The snapshot says that {Path} had {length} bytes.");
        if (length > 0)
        {
            FileInfo file = new(Path);
            if (!file.Exists)
                throw new IOException($"{Path} is missing; it had {length} bytes at the snapshot. Put it back, or start without resuming.");
            if (file.Length < length)
            {
                throw new IOException(
                    $"{Path} has {file.Length} bytes; it had {length} at the snapshot. Put back the whole file, or start without resuming.");
            }
        }

        _restored = length;
    }

    /// <summary>
    /// Hands over the lines that are left, unless the disk has failed before, and closes the file: what a run that stopped early or failed has said of its
    /// events is there, and a resume cuts off what it repeats. The beginning of a line is dropped.
    /// </summary>
    public void Dispose()
    {
        try
        {
            _used = _ended;
            if (!_failed) HandOver();
        }
        finally
        {
            _stream?.Dispose();
        }
    }

    private void Reserve(int sizeHint)
    {
        int free = _block.Length - _used;
        if (free > 0 && free >= sizeHint) return;
        // A block is full with the line that passes its size, so it holds that much and the longest line.
        Array.Resize(ref _block, Math.Max(BlockBytes + 4096, Math.Max(_block.Length * 2, _used + sizeHint)));
    }

    private FileStream Open(FileMode mode)
    {
        try
        {
            return new FileStream(Path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{Path} cannot be written: {e.Message}", e);
        }
    }
}
