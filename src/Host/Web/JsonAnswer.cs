using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Streaming.Host.Web;

/// <summary>Short JSON answers.</summary>
internal static class JsonAnswer
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Default };

    /// <summary>Answers with a code and one object.</summary>
    public static async Task WriteAsync(HttpContext context, int code, Action<Utf8JsonWriter> fields)
    {
        using MemoryStream body = new();
        using (Utf8JsonWriter writer = new(body, Compact))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        body.WriteByte((byte)'\n');
        HttpResponse response = context.Response;
        response.StatusCode = code;
        (response.ContentType, response.ContentLength) = ("application/json", body.Length);
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }

    /// <summary>Answers with a code and the reason for it, <c>{"error":"..."}</c>.</summary>
    public static Task FailAsync(HttpContext context, int code, string reason) => WriteAsync(context, code, json => json.WriteString("error", reason));
}
