namespace Streaming.Abstractions.Events;

/// <summary>
/// One sparse feature. A numeric one has the key of its name and its value; a categorical one the key of <c>name=value</c> and the value 1.
/// </summary>
/// <param name="Key">64-bit key of the feature's name (and, if categorical, its value).</param>
/// <param name="Value">Finite value.</param>
public readonly record struct Feature(ulong Key, float Value);
