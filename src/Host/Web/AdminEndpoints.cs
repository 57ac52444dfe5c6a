using Microsoft.AspNetCore.Http;

namespace Streaming.Host.Web;

/// <summary>
/// What steers the worker, under <c>/admin/</c>, each a <c>POST</c> with the admin token: <c>snapshot</c>, <c>pause</c>, <c>resume</c>, <c>reset?stage=ID</c>. Served only where
/// such a token is configured. The token is in a header and never in a cookie, so that no page can send it.
/// </summary>
internal static class AdminEndpoints
{
    /// <summary>The four.</summary>
    public static IEnumerable<Endpoint> Of(IWorkerControl worker, BearerToken token) =>
    [
        new("/admin/snapshot", Endpoint.Writes, (context, ct) => OrConflictAsync(context, () => SnapshotAsync(context, worker, ct))) { Token = token },
        new("/admin/pause", Endpoint.Writes, (context, _) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => Changed(json, "paused", true, worker.Pause()))) { Token = token },
        new("/admin/resume", Endpoint.Writes, (context, _) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => Changed(json, "paused", false, worker.Resume()))) { Token = token },
        new("/admin/reset", Endpoint.Writes, (context, ct) => OrConflictAsync(context, () => ResetAsync(context, worker, ct))) { Token = token },
    ];

    /// <summary>409 where the worker cannot do now what it is asked for.</summary>
    private static async Task OrConflictAsync(HttpContext context, Func<Task> answer)
    {
        try
        {
            await answer();
        }
        catch (InvalidOperationException e) when (!context.Response.HasStarted)
        {
            await JsonAnswer.FailAsync(context, StatusCodes.Status409Conflict, e.Message);
        }
    }

    private static void Changed(System.Text.Json.Utf8JsonWriter json, string name, bool value, bool changed)
    {
        json.WriteBoolean(name, value);
        json.WriteBoolean("changed", changed);
    }

    private static async Task SnapshotAsync(HttpContext context, IWorkerControl worker, CancellationToken ct)
    {
        IReadOnlyDictionary<int, (long Epoch, long Events)> snapshots = await worker.SnapshotAsync(ct);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray("snapshots");
            foreach ((int shard, (long epoch, long events)) in snapshots.OrderBy(s => s.Key))
            {
                json.WriteStartObject();
                json.WriteNumber("shard", shard);
                json.WriteNumber("epoch", epoch);
                json.WriteNumber("events", events);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static async Task ResetAsync(HttpContext context, IWorkerControl worker, CancellationToken ct)
    {
        string stage = context.Request.Query["stage"].ToString();
        if (stage.Length == 0) await JsonAnswer.FailAsync(context, StatusCodes.Status400BadRequest, "name a stage: /admin/reset?stage=ID");
        else if (await worker.ResetAsync(stage, ct)) await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => json.WriteString("reset", stage));
        else await JsonAnswer.FailAsync(context, StatusCodes.Status404NotFound, "there is no stage with this id");
    }
}
