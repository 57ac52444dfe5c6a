using Streaming.Abstractions.State;

namespace Streaming.Host.Tests.Snapshots;

/// <summary>State that counts what is done with it, and takes as long to write as the test wants.</summary>
internal sealed class FrozenBlob(byte[] content) : IStateful, ILargeState
{
    /// <summary>Called by the thread that writes the frozen state.</summary>
    public Action Writing { get; init; } = () => { };

    public byte[] Content { get; set; } = content;

    public byte[]? Frozen { get; private set; }

    public int Releases { get; private set; }

    public string StateTag => "blob";

    public int StateVersion => 1;

    public StateScope Scope => StateScope.Shard;

    public long Bytes => Content.Length;

    public void Freeze(long epoch)
    {
    }

    public void Save(ref StateWriter writer)
    {
        writer.Write(1);
        writer.WriteLarge(this);
        writer.Write(2);
    }

    public void Restore(ref StateReader reader, int version) => throw new NotSupportedException();

    public bool TryFreeze()
    {
        if (Frozen is not null) return false;
        Frozen = Content;
        return true;
    }

    public void Write(ref StateWriter writer, bool frozen)
    {
        if (frozen) Writing();
        writer.WriteRaw<byte>(frozen ? Frozen! : Content);
    }

    public void Release()
    {
        Frozen = null;
        Releases++;
    }
}
