using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>A format whose records are JSON objects (<see cref="JsonCursor.TryDecode"/>).</summary>
internal interface IJsonFormat
{
    /// <summary>
    /// Reads the record inside which <paramref name="json"/> is, to its end. False with the error or with the cursor's failure; whatever was written by then
    /// is undone by the caller. The reader's <see cref="System.Text.Json.JsonException"/> may pass through.
    /// </summary>
    bool TryRecord(ref JsonCursor json, ref EventWriter writer, out DecodeError error);
}
