using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Streaming.Abstractions.Reports;
using Streaming.Host.Web;
using Streaming.Sinks.Summary;
using Endpoint = Streaming.Host.Web.Endpoint;

namespace Streaming.Host.Views;

/// <summary>
/// The views at <c>/views</c>, as one JSON object: for each stage its type, the shards that are in the view with the records of each, and what it reports, null before a
/// shard has published. Whoever may read the metrics may read it; keys with their names, of items and users, are told only to those who show the admin token.
/// </summary>
/// <param name="board">Makes the views.</param>
/// <param name="every">Records of a shard between two published states.</param>
/// <param name="admin">What those must show who are to see names; null where nobody can.</param>
internal sealed class ViewsEndpoint(ViewBoard board, long every, BearerToken? admin)
{
    /// <summary>Where views are.</summary>
    public const string Path = "/views";

    /// <summary>As a server wants it.</summary>
    public Endpoint ToEndpoint() => new(Path, Endpoint.Reads, (context, _) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => Write(json, admin?.IsShownBy(context.Request) ?? false)));

    private void Write(Utf8JsonWriter json, bool named)
    {
        json.WriteNumber("every", every);
        json.WriteStartObject("stages");
        foreach (StageView view in board.Refresh()) Write(json, view, named);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, StageView view, bool named)
    {
        json.WriteStartObject(view.Stage.Id);
        json.WriteString("type", view.Stage.Type.Name);
        json.WriteStartArray("shards");
        foreach (ViewPart part in view.Parts)
        {
            json.WriteStartObject();
            json.WriteNumber("shard", part.Shard);
            json.WriteNumber("at", part.Records);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (view.Report is { } report)
        {
            json.WriteStartObject("report");
            foreach (ReportEntry entry in report.Entries)
            {
                if (named || !HasEntities(entry.Value)) ReportJson.WriteEntry(json, entry, view.Name);
            }

            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("report");
        }

        json.WriteEndObject();
    }

    private static bool HasEntities(in ReportValue value) =>
        value.Kind == ReportValueKind.Entity || (value.Kind == ReportValueKind.Rows && value.Rows.Any(row => row.Entries.Any(cell => HasEntities(cell.Value))));
}
