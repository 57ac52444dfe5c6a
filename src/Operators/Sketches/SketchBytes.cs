namespace Streaming.Operators.Sketches;

/// <summary>What a sketch takes beside its tables.</summary>
internal static class SketchBytes
{
    /// <summary>Bytes of the objects themselves, the operator and the arrays' headers: an upper bound for all kinds.</summary>
    public const int Overhead = 512;
}
