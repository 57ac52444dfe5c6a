namespace Streaming.Ingest.Synthetic;

/// <summary>
/// A generated log, record by record: what <c>streaming generate</c> writes to a file and <see cref="SyntheticSource"/> decodes on the spot. The same
/// options give the same bytes on every machine.
/// </summary>
/// <remarks>One caller at a time. No record allocates once the generator's own buffers have grown.</remarks>
public interface ILogGenerator
{
    /// <summary>The line before the first record, without its end; empty where the shape has none.</summary>
    ReadOnlySpan<byte> Header => default;

    /// <summary>Most bytes a record takes.</summary>
    int MaxLineBytes { get; }

    /// <summary>Share of the log that lies before the next record, 0 to 1.</summary>
    double Progress { get; }

    /// <summary>What the records written since the last <see cref="Seek"/> were, with their numbers: for people.</summary>
    string Account { get; }

    /// <summary>Goes to a record, by its 0-based number; one beyond the end is the end. A new generator is at record 0.</summary>
    void Seek(long record);

    /// <summary>Writes the next record as a line without its end, and returns its length in bytes; 0 at the end of the log.</summary>
    /// <param name="line">At least <see cref="MaxLineBytes"/> long.</param>
    int Next(Span<byte> line);
}
