using Streaming.Ingest.WriteAhead;

namespace Streaming.Ingest.Tests.WriteAhead;

/// <summary>A segment on a disk that syncs when a test lets it, or fails.</summary>
internal sealed class GatedFile(string path, GatedDisk disk) : ISegmentFile
{
    private readonly SegmentFile _file = new(path);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (disk.FailWrites) throw new IOException("No space left on device");
        _file.Write(bytes);
    }

    public void Sync()
    {
        disk.Arrived.Release();
        disk.Pass.Wait();
        Interlocked.Increment(ref disk.Syncs);
        if (disk.FailSyncs) throw new IOException("Input/output error");
        _file.Sync();
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>The disk of such files.</summary>
internal sealed class GatedDisk : IDisposable
{
    public int Syncs;

    /// <summary>Released whenever a sync begins.</summary>
    public SemaphoreSlim Arrived { get; } = new(0);

    /// <summary>Taken by each sync.</summary>
    public SemaphoreSlim Pass { get; } = new(0);

    public bool FailWrites { get; set; }

    public bool FailSyncs { get; set; }

    public ISegmentFile Create(string path) => new GatedFile(path, this);

    public void Dispose()
    {
        Arrived.Dispose();
        Pass.Dispose();
    }
}
