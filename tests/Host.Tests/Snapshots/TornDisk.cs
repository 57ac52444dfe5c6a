using Streaming.Abstractions.Randomness;
using Streaming.Host.Files;

namespace Streaming.Host.Tests.Snapshots;

/// <summary>What a disk has after the plug was pulled.</summary>
internal enum Loss
{
    /// <summary>Only the process died: everything that was done.</summary>
    Nothing,

    /// <summary>Only what was flushed: names as of the last flush of the folder, content as of the last flush of the file.</summary>
    Everything,

    /// <summary>All names, and of content what was flushed.</summary>
    Content,

    /// <summary>Of names that were not flushed some, of content that was not flushed a part.</summary>
    Some,
}

/// <summary>The plug was pulled.</summary>
internal sealed class PulledException : Exception;

/// <summary>
/// A disk in memory that remembers what was flushed, and what was only asked for: stops at any operation, or within a write, and says what is left.
/// </summary>
internal sealed class TornDisk : IFileOps
{
    private readonly Dictionary<string, Inode> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Inode> _durable = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>Changes so far: each is an operation, and each write one.</summary>
    public int Operations { get; private set; }

    /// <summary>Number of the operation that is not done any more; of a write a part is.</summary>
    public int StopAt { get; init; } = int.MaxValue;

    /// <summary>Share of the write that is still done.</summary>
    public double Part { get; init; }

    /// <summary>Whether the operation fails instead, and the process goes on.</summary>
    public bool Fails { get; init; }

    /// <summary>The disk that the next process finds.</summary>
    public TornDisk AfterCrash(Loss loss, ulong seed)
    {
        CounterRng rng = new(seed, 1);
        TornDisk next = new();
        next._folders.UnionWith(_folders);
        foreach (string name in _names.Keys.Union(_durable.Keys).Order(StringComparer.Ordinal))
        {
            bool newer = loss is Loss.Nothing or Loss.Content || (loss == Loss.Some && rng.NextBelow(2) == 0);
            if (!(newer ? _names : _durable).TryGetValue(name, out Inode? inode)) continue;
            byte[] content = loss == Loss.Nothing ? [.. inode.Content] : inode.Flushed;
            if (loss == Loss.Some && !inode.Content.SequenceEqual(inode.Flushed)) content = [.. inode.Content.Take((int)rng.NextBelow((ulong)inode.Content.Count + 1))];
            next._names[name] = next._durable[name] = new Inode(content);
        }

        return next;
    }

    public byte[] Read(string path) => [.. _names[path].Content];

    public void Put(string path, byte[] content)
    {
        _folders.Add(Path.GetDirectoryName(path)!);
        _names[path] = _durable[path] = new Inode(content);
    }

    public bool FolderExists(string folder) => _folders.Contains(folder);

    public void CreateFolder(string folder)
    {
        Step();
        _folders.Add(folder);
    }

    public IEnumerable<string> Files(string folder) => [.. _names.Keys.Where(n => Path.GetDirectoryName(n) == folder)];

    public Stream Create(string path)
    {
        Step();
        _names[path] = new Inode([]);
        return new TornFile(this, _names[path]);
    }

    public void Sync(Stream file)
    {
        Step();
        Inode inode = ((TornFile)file).Inode;
        inode.Flushed = [.. inode.Content];
    }

    public void Rename(string from, string to)
    {
        Step();
        _names[to] = _names[from];
        _names.Remove(from);
    }

    public void SyncFolder(string folder)
    {
        Step();
        foreach (string name in _durable.Keys.Where(n => Path.GetDirectoryName(n) == folder && !_names.ContainsKey(n)).ToArray()) _durable.Remove(name);
        foreach (string name in _names.Keys.Where(n => Path.GetDirectoryName(n) == folder)) _durable[name] = _names[name];
    }

    public void Delete(string path)
    {
        Step();
        _names.Remove(path);
    }

    public Stream OpenRead(string path) => _names.TryGetValue(path, out Inode? inode) ? new MemoryStream([.. inode.Content]) : throw new FileNotFoundException(path);

    private bool Stops() => ++Operations == StopAt;

    private void Step()
    {
        if (Stops()) throw Stop();
    }

    private Exception Stop() => Fails ? new IOException("No space left on device") : new PulledException();

    private sealed class Inode(byte[] content)
    {
        public List<byte> Content { get; } = [.. content];

        public byte[] Flushed { get; set; } = content;
    }

    private sealed class TornFile(TornDisk disk, Inode inode) : Stream
    {
        public Inode Inode => inode;

        public override bool CanRead => false;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => inode.Content.Count;

        public override long Position { get; set; }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            bool stops = disk.Stops();
            if (stops) buffer = buffer[..(int)(buffer.Length * disk.Part)];
            foreach (byte b in buffer)
            {
                if (Position < inode.Content.Count) inode.Content[(int)Position] = b;
                else inode.Content.Add(b);
                Position++;
            }

            if (stops) throw disk.Stop();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
