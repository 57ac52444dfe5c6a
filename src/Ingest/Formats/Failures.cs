using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>What a format says of a bad record, as the last thing it does with it.</summary>
internal static class Failures
{
    /// <summary>Names what is wrong; false.</summary>
    public static bool Fail(RejectionReason reason, string field, out DecodeError error)
    {
        error = new DecodeError(reason, field);
        return false;
    }
}
