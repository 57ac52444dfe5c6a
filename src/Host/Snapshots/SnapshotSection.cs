using System.Buffers;
using Streaming.Abstractions.State;

namespace Streaming.Host.Snapshots;

/// <summary>The state of one part, copied or frozen, on its way to the file.</summary>
internal sealed class SnapshotSection : IDisposable
{
    private SnapshotSection(string id, string tag, int version, SectionContent content) => (Id, Tag, Version, Content) = (id, tag, version, content);

    public string Id { get; }

    public string Tag { get; }

    public int Version { get; }

    public SectionContent Content { get; }

    /// <summary>Takes the state of <paramref name="part"/> as it is now: what is large is frozen, the rest copied.</summary>
    public static SnapshotSection Of(string id, IStateful part, long epoch)
    {
        SectionContent content = new();
        try
        {
            part.Freeze(epoch);
            StateWriter writer = new(content);
            part.Save(ref writer);
            return new SnapshotSection(id, part.StateTag, part.StateVersion, content);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    public void Dispose() => Content.Dispose();
}

/// <summary>A section read back and verified.</summary>
internal sealed record LoadedSection(string Id, string Tag, int Version, ReadOnlySequence<byte> Payload);
