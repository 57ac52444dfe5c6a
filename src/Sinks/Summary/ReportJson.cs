using System.Text.Json;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;

namespace Streaming.Sinks.Summary;

/// <summary>What a stage reports, as JSON: the same in the summary, in messages and in views.</summary>
public static class ReportJson
{
    /// <summary>Writes the stage as a property: its id, and an object with its type and its values. A value that does not exist is null.</summary>
    public static void WriteStage(Utf8JsonWriter json, StageReport stage, EntityKeyCodec names)
    {
        json.WriteStartObject(stage.Id);
        json.WriteString("type", stage.Type);
        foreach (ReportEntry entry in stage.Entries) WriteEntry(json, entry, names.Name);
        json.WriteEndObject();
    }

    /// <summary>Writes one value as a property.</summary>
    /// <param name="json">Where it goes: within an object.</param>
    /// <param name="entry">The value with its name.</param>
    /// <param name="names">Gives keys their names.</param>
    public static void WriteEntry(Utf8JsonWriter json, in ReportEntry entry, Func<ulong, string?> names)
    {
        json.WritePropertyName(entry.Name);
        switch (entry.Value.Kind)
        {
            case ReportValueKind.Number:
                json.WriteNumberValue(entry.Value.Number);
                break;
            case ReportValueKind.Integer:
                json.WriteNumberValue(entry.Value.Integer);
                break;
            case ReportValueKind.Text:
                json.WriteStringValue(entry.Value.Text);
                break;
            case ReportValueKind.Entity:
                json.WriteStringValue(names(entry.Value.Entity));
                break;
            case ReportValueKind.Rows:
                json.WriteStartArray();
                foreach (ReportRow row in entry.Value.Rows)
                {
                    json.WriteStartObject();
                    foreach (ReportEntry cell in row.Entries) WriteEntry(json, cell, names);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
