using Streaming.Abstractions.State;

namespace Streaming.Host.Tests.Snapshots;

/// <summary>State of a given size.</summary>
internal sealed class Blob(int size) : IStateful
{
    public string StateTag => "blob";

    public int StateVersion => 1;

    public StateScope Scope => StateScope.Singleton;

    public void Freeze(long epoch)
    {
    }

    public void Save(ref StateWriter writer)
    {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) bytes[i] = (byte)(i * 31);
        writer.WriteSpan<byte>(bytes);
    }

    public void Restore(ref StateReader reader, int version) => reader.ReadArray<byte>(size);
}
