using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Host.Snapshots;

namespace Streaming.Host.Views;

/// <summary>A stage's state in one shard after a number of its records, in its saved form. Its memory is filled again when nobody reads it any more.</summary>
/// <remarks><see cref="StagePublisher"/> guards what changes; the bytes are written before anybody reads them.</remarks>
internal sealed class PublishedState : IDisposable
{
    private readonly ChunkedBuffer _bytes = new();

    /// <summary>Records of the shard after which the stage had this state.</summary>
    public long Records { get; private set; }

    /// <summary>Tells it from every other state that was published in the process.</summary>
    public long Serial { get; private set; }

    /// <summary>Bytes of the saved form.</summary>
    public long Bytes => _bytes.Length;

    /// <summary>Users who were forgotten since: they are erased from whatever is restored from it.</summary>
    public List<ulong> Forgotten { get; } = [];

    /// <summary>Who reads it, or keeps it to be read.</summary>
    public int Holders { get; set; }

    /// <summary>Begins a new life, without content.</summary>
    public void Begin(long records, long serial)
    {
        (Records, Serial, Holders) = (records, serial, 1);
        Forgotten.Clear();
    }

    /// <summary>Takes the content, once.</summary>
    public void Fill(SectionContent content)
    {
        _bytes.Clear();
        content.WriteTo(_bytes);
    }

    /// <summary>Gives an operator the state as it was published.</summary>
    public void RestoreTo(IMergeableOperator part)
    {
        StateReader reader = new(_bytes.ToSequence());
        part.Restore(ref reader, part.StateVersion);
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();
}
