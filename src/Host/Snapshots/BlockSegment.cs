using System.Buffers;

namespace Streaming.Host.Snapshots;

/// <summary>A block of memory in a sequence of such.</summary>
internal sealed class BlockSegment : ReadOnlySequenceSegment<byte>
{
    /// <summary>The first block.</summary>
    public BlockSegment(ReadOnlyMemory<byte> block) => Memory = block;

    /// <summary>Adds a block after this one, the last.</summary>
    /// <returns>The block added.</returns>
    public BlockSegment Append(ReadOnlyMemory<byte> block)
    {
        BlockSegment next = new(block) { RunningIndex = RunningIndex + Memory.Length };
        Next = next;
        return next;
    }
}
