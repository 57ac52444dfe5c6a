using System.Text.Encodings.Web;
using System.Text.Json;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;
using Streaming.Sinks.Files;

namespace Streaming.Sinks.Summary;

/// <summary>
/// Writes the summary: one JSON object for programs. Numbers are the shortest that read back as the same double, and a value that does not exist is null.
/// </summary>
public static class SummaryWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the file at <paramref name="path"/>, whole or not at all (<see cref="AtomicFile"/>).</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, SummaryData data) => AtomicFile.Write(path, stream => Write(stream, data));

    /// <summary>Writes the object and a line feed to <paramref name="stream"/>.</summary>
    public static void Write(Stream stream, SummaryData data)
    {
        using (Utf8JsonWriter json = new(stream, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("events", data.Events);
            json.WriteNumber("rejected", data.Rejected);
            WriteReasons(json, data);
            json.WriteNumber("filtered", data.Filtered);
            WriteJoin(json, data.Join);
            if (data.ResumedFrom is long resumed) json.WriteNumber("resumed_from", resumed);
            else json.WriteNull("resumed_from");
            WriteNumber(json, "seconds", data.Seconds);
            WriteNumber(json, "events_per_second", data.EventsPerSecond);
            json.WriteNumber("peak_memory_bytes", data.PeakMemoryBytes);
            json.WriteStartObject("stages");
            foreach (StageReport stage in data.Report.Stages) ReportJson.WriteStage(json, stage, data.Names);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void WriteReasons(Utf8JsonWriter json, SummaryData data)
    {
        if (data.Rejected == 0) return;
        json.WriteStartObject("rejected_by_reason");
        for (int reason = 0; reason < data.RejectedByReason.Count; reason++)
        {
            if (data.RejectedByReason[reason] > 0) json.WriteNumber(((RejectionReason)reason).Label(), data.RejectedByReason[reason]);
        }

        json.WriteEndObject();
    }

    private static void WriteJoin(Utf8JsonWriter json, in JoinCounts join)
    {
        if (join == default) return;
        json.WriteStartObject("join");
        json.WriteNumber("rewards", join.Rewards);
        json.WriteNumber("decisions", join.Decisions);
        json.WriteNumber("defaulted", join.Defaulted);
        json.WriteNumber("closed_early", join.ClosedEarly);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
