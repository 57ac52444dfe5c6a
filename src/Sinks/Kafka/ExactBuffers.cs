namespace Streaming.Sinks.Kafka;

/// <summary>
/// Arrays of exactly the length that is needed, which the client insists on, used again and again: it has copied a message when it returns.
/// </summary>
/// <remarks>Keeps one array a length up to 2,048 bytes: 2 MiB at most; longer ones are allocated. One caller at a time.</remarks>
internal sealed class ExactBuffers
{
    private const int LongestKept = 2048;

    private readonly byte[]?[] _kept = new byte[]?[LongestKept + 1];

    /// <summary>An array with this content; the array of the last content of that length.</summary>
    public byte[] Copy(ReadOnlySpan<byte> content)
    {
        byte[] array = content.Length > LongestKept ? new byte[content.Length] : _kept[content.Length] ??= new byte[content.Length];
        content.CopyTo(array);
        return array;
    }
}
