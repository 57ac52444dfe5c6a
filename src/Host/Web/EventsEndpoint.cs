using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.WriteAhead;

namespace Streaming.Host.Web;

/// <summary>
/// <c>POST /events</c>: JSON lines, answered with 202 and their number when they are on the disk. All or none of them are taken: 400 names the lines that are no records, 413,
/// 415, 422 (the key was another request's), 429 (too far behind, with <c>Retry-After</c>) and 503 (starting, stopping, or the disk has failed) say why not.
/// </summary>
/// <remarks>
/// A sender that got no answer does not know whether its events were taken. What it sends again counts again, unless both requests have the same <c>Idempotency-Key</c>: then the answer is that of the
/// first, with <c>"repeated":true</c>, for as long as the log remembers the key.
/// </remarks>
internal static class EventsEndpoint
{
    /// <summary>Header that names a request, so that it counts once however often it is sent.</summary>
    public const string KeyHeader = "Idempotency-Key";

    private const int RetryAfterSeconds = 1;
    private const int MaxKeyLength = 255;

    private static readonly string[] Types = ["application/x-ndjson", "application/jsonl", "application/json", "text/plain"];

    /// <summary>Where events are sent.</summary>
    public const string Path = "/events";

    /// <summary>The endpoint.</summary>
    /// <param name="worker">Says whether it takes events, and where to.</param>
    /// <param name="maxBodyBytes">Largest body.</param>
    /// <param name="token">What senders must show; null for nothing.</param>
    /// <param name="counts">Counts what becomes of requests.</param>
    public static Endpoint Of(IWorkerControl worker, int maxBodyBytes, BearerToken? token, EventsCounts counts) =>
        new(Path, Endpoint.Writes, (context, ct) => TakeAsync(context, worker, maxBodyBytes, counts, ct)) { Token = token, Refused = counts.Refuse };

    private static async Task TakeAsync(HttpContext context, IWorkerControl worker, int maxBodyBytes, EventsCounts counts, CancellationToken ct)
    {
        HttpRequest request = context.Request;
        if (!IsText(request))
        {
            counts.Add(EventsOutcome.UnsupportedType);
            await JsonAnswer.FailAsync(context, StatusCodes.Status415UnsupportedMediaType, $"events are JSON lines, uncompressed: {string.Join(", ", Types)}");
            return;
        }

        if (request.ContentLength > maxBodyBytes)
        {
            counts.Add(EventsOutcome.TooLarge);
            await JsonAnswer.FailAsync(context, StatusCodes.Status413PayloadTooLarge, $"the body has {request.ContentLength} bytes; Http:MaxBodyBytes allows {maxBodyBytes}");
            return;
        }

        WorkerHealth health = worker.Health;
        if (worker.Intake is not { } log || !health.IsReady)
        {
            counts.Add(EventsOutcome.Unavailable);
            await RetryAsync(context, StatusCodes.Status503ServiceUnavailable, health.Reason.Length > 0 ? health.Reason : "no events are taken now");
            return;
        }

        if (!TryKey(request, log.KeepsKeys, out string? key, out string? mistake))
        {
            counts.Add(EventsOutcome.BadRequest);
            await JsonAnswer.FailAsync(context, StatusCodes.Status400BadRequest, mistake!);
            return;
        }

        byte[] body = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? maxBodyBytes));
        try
        {
            int length = await ReadAsync(request.BodyReader, body, maxBodyBytes, ct);
            AppendResult result = await log.AppendAsync(body.AsMemory(0, length), key, ct);
            Count(counts, result);
            await AnswerAsync(context, result);
        }
        catch (SourceException e)
        {
            counts.Add(EventsOutcome.Unavailable);
            await JsonAnswer.FailAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    private static Task AnswerAsync(HttpContext context, in AppendResult result)
    {
        AppendResult taken = result;
        return taken.Status switch
        {
            AppendStatus.Accepted => JsonAnswer.WriteAsync(context, StatusCodes.Status202Accepted, json => json.WriteNumber("accepted", taken.Records)),
            AppendStatus.Repeated => JsonAnswer.WriteAsync(context, StatusCodes.Status202Accepted, json =>
            {
                json.WriteNumber("accepted", taken.Records);
                json.WriteBoolean("repeated", true);
            }),
            AppendStatus.OtherContent => JsonAnswer.FailAsync(context, StatusCodes.Status422UnprocessableEntity, $"nothing was taken: the same {KeyHeader} was sent with other events"),
            AppendStatus.Full => RetryAsync(context, StatusCodes.Status429TooManyRequests, "the stream lags too far behind what was sent (Source:WriteAhead:MaxBacklogBytes), or the disk does"),
            AppendStatus.Closed => RetryAsync(context, StatusCodes.Status503ServiceUnavailable, "no events are taken now"),
            _ => JsonAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, json =>
            {
                json.WriteString("error", "nothing was taken: there are lines that are no records");
                json.WriteStartArray("lines");
                foreach (LineFault fault in taken.Faults)
                {
                    json.WriteStartObject();
                    json.WriteNumber("line", fault.Line);
                    json.WriteString("error", fault.Message);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }),
        };
    }

    private static Task RetryAsync(HttpContext context, int code, string reason)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString();
        return JsonAnswer.FailAsync(context, code, reason);
    }

    private static void Count(EventsCounts counts, in AppendResult result)
    {
        if (result.Status == AppendStatus.Accepted) counts.Accept(result.Records);
        else
        {
            counts.Add(result.Status switch
            {
                AppendStatus.Repeated => EventsOutcome.Repeated,
                AppendStatus.OtherContent => EventsOutcome.KeyReused,
                AppendStatus.Full => EventsOutcome.Full,
                AppendStatus.Closed => EventsOutcome.Unavailable,
                _ => EventsOutcome.BadRequest,
            });
        }
    }

    /// <summary>The request's key; null where it has none. False, with the reason, where what it has is none.</summary>
    private static bool TryKey(HttpRequest request, bool kept, out string? key, out string? mistake)
    {
        (key, mistake) = (null, null);
        StringValues sent = request.Headers[KeyHeader];
        if (sent.Count == 0) return true;
        string text = sent.Count == 1 ? sent.ToString().Trim() : string.Empty;
        if (text.Length is 0 or > MaxKeyLength || text.AsSpan().ContainsAnyExceptInRange('!', '~')) mistake = $"the header {KeyHeader} needs 1 to {MaxKeyLength} visible characters of ASCII, once";
        else if (!kept) mistake = $"the header {KeyHeader} is not taken here: Source:WriteAhead:IdempotentRequests is 0";
        else key = text;
        return mistake is null;
    }

    private static bool IsText(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0
        && MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
        && Types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
        && (type.Charset.Value is null or "" || type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads the whole body into <paramref name="target"/>.</summary>
    /// <exception cref="BadHttpRequestException">It is larger than <paramref name="most"/>, or than it said.</exception>
    private static async Task<int> ReadAsync(PipeReader body, byte[] target, int most, CancellationToken ct)
    {
        int length = 0;
        while (true)
        {
            ReadResult read = await body.ReadAsync(ct);
            long more = read.Buffer.Length;
            if (length + more > Math.Min(most, target.Length)) throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
            read.Buffer.CopyTo(target.AsSpan(length));
            length += (int)more;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return length;
        }
    }
}
