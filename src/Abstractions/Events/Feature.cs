namespace Streaming.Abstractions.Events;

/// <summary>
/// One feature. A numeric one has the key of its name and its value; a categorical one the key of <c>name=value</c> and the value 1; an element of a
/// dense vector its place and its value.
/// </summary>
/// <param name="Key">64-bit key of the feature's name (and, if categorical, its value), or a 0-based place below <see cref="Places"/>.</param>
/// <param name="Value">Finite value.</param>
public readonly record struct Feature(ulong Key, float Value)
{
    /// <summary>Keys below this are places in a dense vector; no name has one.</summary>
    public const ulong Places = 1 << 16;

    /// <summary>Whether it is an element of a dense vector.</summary>
    public bool IsDense => Key < Places;
}
