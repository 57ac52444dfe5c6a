using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.WriteAhead;

namespace Streaming.Host.Web;

/// <summary>
/// <c>POST /events</c>: JSON lines, answered with 202 and their number when they are on the disk. All or none of them are taken: 400 names the lines that are no records, 413,
/// 415, 429 (too far behind, with <c>Retry-After</c>) and 503 (starting, stopping, or the disk has failed) say why not.
/// </summary>
/// <remarks>A sender that got no answer does not know whether its events were taken; what it sends again counts again.</remarks>
internal static class EventsEndpoint
{
    private const int RetryAfterSeconds = 1;

    private static readonly string[] Types = ["application/x-ndjson", "application/jsonl", "application/json", "text/plain"];

    /// <summary>Where events are sent.</summary>
    public const string Path = "/events";

    /// <summary>The endpoint.</summary>
    /// <param name="worker">Says whether it takes events, and where to.</param>
    /// <param name="maxBodyBytes">Largest body.</param>
    /// <param name="token">What senders must show; null for nothing.</param>
    public static Endpoint Of(IWorkerControl worker, int maxBodyBytes, BearerToken? token) =>
        new(Path, Endpoint.Writes, (context, ct) => TakeAsync(context, worker, maxBodyBytes, ct)) { Token = token };

    private static async Task TakeAsync(HttpContext context, IWorkerControl worker, int maxBodyBytes, CancellationToken ct)
    {
        HttpRequest request = context.Request;
        if (!IsText(request))
        {
            await JsonAnswer.FailAsync(context, StatusCodes.Status415UnsupportedMediaType, $"events are JSON lines, uncompressed: {string.Join(", ", Types)}");
            return;
        }

        if (request.ContentLength > maxBodyBytes)
        {
            await JsonAnswer.FailAsync(context, StatusCodes.Status413PayloadTooLarge, $"the body has {request.ContentLength} bytes; Http:MaxBodyBytes allows {maxBodyBytes}");
            return;
        }

        WorkerHealth health = worker.Health;
        if (worker.Intake is not { } log || !health.IsReady)
        {
            await RetryAsync(context, StatusCodes.Status503ServiceUnavailable, health.Reason.Length > 0 ? health.Reason : "no events are taken now");
            return;
        }

        byte[] body = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? maxBodyBytes));
        try
        {
            int length = await ReadAsync(request.BodyReader, body, maxBodyBytes, ct);
            await AnswerAsync(context, await log.AppendAsync(body.AsMemory(0, length), ct));
        }
        catch (SourceException e)
        {
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
