using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Files;

/// <summary>Where a bad record was, for people.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">1-based line.</param>
/// <param name="Error">What is wrong.</param>
internal readonly record struct BadRecord(string Path, long Line, DecodeError Error)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}, line {Line}: {Error.Reason.Label()}" + (Error.Field.Length == 0 ? string.Empty : $" ({Error.Field})");
}
