namespace Streaming.Host.Web;

/// <summary>What became of a request that sends events: a closed set.</summary>
internal enum EventsOutcome
{
    /// <summary>Its events are on the disk (202).</summary>
    Accepted,

    /// <summary>They were since it was sent before, under the same key (202).</summary>
    Repeated,

    /// <summary>It has lines that are no records, a key that is none, or is no HTTP/1.1 (400).</summary>
    BadRequest,

    /// <summary>It showed no token, or another (401).</summary>
    Unauthorized,

    /// <summary>Its body is larger than is taken (413).</summary>
    TooLarge,

    /// <summary>Its body is compressed, or no text of a known type (415).</summary>
    UnsupportedType,

    /// <summary>Its key was used for other events (422).</summary>
    KeyReused,

    /// <summary>Its address asks too often (429).</summary>
    RateLimited,

    /// <summary>The stream, or the disk, is too far behind (429).</summary>
    Full,

    /// <summary>Nothing is taken now: starting, stopping, paused, or the disk has failed (503).</summary>
    Unavailable,

    /// <summary>A fault of the worker (500).</summary>
    Failed,

    /// <summary>The sender went before it was answered.</summary>
    Aborted,
}

/// <summary>The outcomes' labels.</summary>
internal static class EventsOutcomes
{
    private static readonly string[] Labels =
        ["accepted", "repeated", "bad-request", "unauthorized", "too-large", "unsupported-type", "key-reused", "rate-limited", "full", "unavailable", "failed", "aborted"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<EventsOutcome> All { get; } = Enum.GetValues<EventsOutcome>();

    /// <summary>Name of an outcome in metrics.</summary>
    public static string Label(this EventsOutcome outcome) => Labels[(int)outcome];
}
