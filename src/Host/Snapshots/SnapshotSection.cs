using System.Buffers;
using Streaming.Abstractions.State;

namespace Streaming.Host.Snapshots;

/// <summary>The frozen state of one part, on its way to the file.</summary>
internal sealed class SnapshotSection : IDisposable
{
    private SnapshotSection(string id, string tag, int version, ChunkedBuffer payload) => (Id, Tag, Version, Payload) = (id, tag, version, payload);

    public string Id { get; }

    public string Tag { get; }

    public int Version { get; }

    public ChunkedBuffer Payload { get; }

    /// <summary>Copies the state of <paramref name="part"/> as it is now.</summary>
    public static SnapshotSection Of(string id, IStateful part, long epoch)
    {
        ChunkedBuffer payload = new();
        part.Freeze(epoch);
        StateWriter writer = new(payload);
        part.Save(ref writer);
        return new SnapshotSection(id, part.StateTag, part.StateVersion, payload);
    }

    public void Dispose() => Payload.Dispose();
}

/// <summary>A section read back and verified.</summary>
internal sealed record LoadedSection(string Id, string Tag, int Version, ReadOnlySequence<byte> Payload);
