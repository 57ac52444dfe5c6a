using System.Diagnostics.CodeAnalysis;

namespace Streaming.Operators.Sketches;

/// <summary>The errors of sketches, with the value found and what is allowed; out of line, so that hot loops stay small.</summary>
internal static class SketchThrow
{
    /// <summary>A weight that is no number of occurrences.</summary>
    [DoesNotReturn]
    public static void Weight(long weight) =>
        throw new ArgumentOutOfRangeException(nameof(weight), weight, $"A weight of {weight} was given; a sketch counts 1 or more occurrences at a time.");

    /// <summary>Refuses to merge two sketches that differ in an option.</summary>
    public static void IfDifferent<T>(string option, T mine, T others)
        where T : IEquatable<T>
    {
        if (!mine.Equals(others))
            throw new ArgumentException($"Sketches merge only with the same {option}: this one has {mine}, the other {others}.");
    }
}
