using Streaming.Abstractions.Events;

namespace Streaming.Abstractions.Sources;

/// <summary>How a stream of bytes is cut into records.</summary>
public enum Framing
{
    /// <summary>A record is a line; it ends with LF or CR LF, the last one may end with the file.</summary>
    Line,

    /// <summary>A record is a run of lines up to an empty one.</summary>
    Paragraph,
}

/// <summary>
/// Turns records into events. Bad data never throws: it gives a <see cref="DecodeError"/>, and the record's events are taken back.
/// </summary>
/// <remarks>One caller at a time. State that a header sets (the columns of a csv) is all the state there is.</remarks>
public interface IEventFormat
{
    /// <summary>The format's name on the command line.</summary>
    string Name { get; }

    /// <summary>How records are cut.</summary>
    Framing Framing { get; }

    /// <summary>
    /// Looks at the first record of a file. Returns true if it is a header, which is then no record; throws nothing: a header that cannot be
    /// understood gives an error. A format without headers leaves it as it is.
    /// </summary>
    bool TryReadHeader(ReadOnlySpan<byte> record, out DecodeError error)
    {
        error = default;
        return false;
    }

    /// <summary>Decodes one record into 0 or more events. False if it is bad; then nothing was added.</summary>
    bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error);
}
