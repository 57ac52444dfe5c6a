using Microsoft.AspNetCore.Http;

namespace Streaming.Host.Web;

/// <summary>How many requests sent events, by what became of them, since the process began. Safe from any thread.</summary>
internal sealed class EventsCounts
{
    private readonly long[] _requests = new long[EventsOutcomes.All.Count];
    private long _records;

    /// <summary>Records that were taken; those of repeats were taken the first time.</summary>
    public long Records => Interlocked.Read(ref _records);

    /// <summary>Requests with this outcome.</summary>
    public long Of(EventsOutcome outcome) => Interlocked.Read(ref _requests[(int)outcome]);

    /// <summary>Counts a request.</summary>
    public void Add(EventsOutcome outcome) => Interlocked.Increment(ref _requests[(int)outcome]);

    /// <summary>Counts a request whose events were taken.</summary>
    public void Accept(int records)
    {
        Interlocked.Add(ref _records, records);
        Add(EventsOutcome.Accepted);
    }

    /// <summary>Counts a request that the server has refused itself, by the code of its answer.</summary>
    public void Refuse(int code) => Add(code switch
    {
        StatusCodes.Status401Unauthorized => EventsOutcome.Unauthorized,
        StatusCodes.Status413PayloadTooLarge => EventsOutcome.TooLarge,
        StatusCodes.Status429TooManyRequests => EventsOutcome.RateLimited,
        StatusCodes.Status499ClientClosedRequest => EventsOutcome.Aborted,
        >= 500 => EventsOutcome.Failed,
        _ => EventsOutcome.BadRequest,
    });
}
