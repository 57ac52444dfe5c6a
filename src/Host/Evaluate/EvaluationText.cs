using System.Text.Encodings.Web;
using System.Text.Json;
using Streaming.Sinks.Console;
using Streaming.Sinks.Files;

namespace Streaming.Host.Evaluate;

/// <summary>Says what an evaluation has found: a table for people, an object for programs.</summary>
internal static class EvaluationText
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A line on the split, and a table: one row a measure, one column a model.</summary>
    public static void Write(TextWriter writer, EvaluationResult result)
    {
        string folded = result.FoldedEvents > 0 ? $"{NumberText.Count(result.FoldedEvents)} folded in, " : "";
        writer.WriteLine($"{result.Split} split: {NumberText.Count(result.TrainedEvents)} events learned, {folded}{NumberText.Count(result.TestedEvents)} of {NumberText.Count(result.TestedUsers)} users tested");
        string[] names = [.. result.Models.SelectMany(m => m.Values).Select(v => v.Name).Distinct()];
        string[][] columns = [names, .. result.Models.Select(m => names.Select(n => Cell(m, n)).ToArray())];
        string[] heads = ["", .. result.Models.Select(m => m.Id)];
        for (int row = -1; row < names.Length; row++)
        {
            IEnumerable<string> cells = columns.Select((column, c) =>
            {
                int width = Math.Max(heads[c].Length, column.Max(t => t.Length));
                string text = row < 0 ? heads[c] : column[row];
                return c == 0 ? text.PadRight(width) : text.PadLeft(width);
            });
            writer.WriteLine(string.Join("   ", cells));
        }
    }

    /// <summary>Writes the file at <paramref name="path"/>, whole or not at all; a measure that cannot be known is null.</summary>
    public static void WriteJson(string path, EvaluationResult result) => AtomicFile.Write(path, stream =>
    {
        using (Utf8JsonWriter json = new(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("split", result.Split);
            json.WriteNumber("seed", result.Seed);
            json.WriteNumber("trained_events", result.TrainedEvents);
            json.WriteNumber("folded_events", result.FoldedEvents);
            json.WriteNumber("tested_events", result.TestedEvents);
            json.WriteNumber("tested_users", result.TestedUsers);
            json.WriteStartObject("models");
            foreach (ModelResult model in result.Models)
            {
                json.WriteStartObject(model.Id);
                json.WriteString("type", model.Type);
                foreach ((string name, double value) in model.Values)
                {
                    if (double.IsFinite(value)) json.WriteNumber(name, value);
                    else json.WriteNull(name);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    });

    private static string Cell(ModelResult model, string name)
    {
        foreach ((string own, double value) in model.Values)
        {
            if (own == name) return IsCount(name) ? NumberText.Count((long)value) : NumberText.Ratio(value);
        }

        return "";
    }

    private static bool IsCount(string name) => name is "users" or "rankings" or "cold_users" or "cold_items" or "repeats" or "unlisted" or "unknown" or "predictions" or "folded_users";
}
