using System.Globalization;
using System.Text;
using System.Text.Json;
using Streaming.Abstractions.Keys;
using Streaming.Host.Snapshots;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;

namespace Streaming.Host.Export;

/// <summary>
/// Writes the factors of a model into a folder: those of users and of items, each with the id, or where its name is not known any more <c>#</c> and its key in hexadecimal, and <c>export.json</c>: stage, type,
/// events, factors, and the intercept that every score begins with. Rows that were freed are left out; the order is that of rows.
/// </summary>
/// <remarks>Numbers are exact: those of float32 factors have as many digits as tell them from their neighbours. Files that are there are replaced.</remarks>
internal sealed class FactorExport(SnapshotStage stage, IFactorModel model, string folder)
{
    /// <summary>Writes <c>users.csv</c> and <c>items.csv</c>, with the header <c>id,bias,f0,f1,...</c>; says what was written.</summary>
    public string WriteCsv() => Write("csv", WriteCsv);

    /// <summary>
    /// Writes <c>users.npy</c> (rows x factors), <c>users.bias.npy</c> (rows) and <c>users.ids</c> (a line of UTF-8 for each row), and the same for items; says what was written.
    /// </summary>
    public string WriteNpy() => Write("npy", WriteNpy);

    private string Write(string format, Action<string, IFactorRows> write)
    {
        Directory.CreateDirectory(folder);
        write("users", model.UserRows);
        write("items", model.ItemRows);
        long users = Count(model.UserRows), items = Count(model.ItemRows);
        using FileStream about = File.Create(Path.Combine(folder, "export.json"));
        using Utf8JsonWriter json = new(about, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("stage", stage.Plan.Id);
        json.WriteString("type", stage.Plan.Type.Name);
        json.WriteString("format", format);
        json.WriteNumber("events", stage.Events);
        json.WriteNumber("users", users);
        json.WriteNumber("items", items);
        json.WriteNumber("factors", model.ItemRows.Factors);
        json.WriteNumber("intercept", model.Intercept);
        json.WriteEndObject();
        return string.Create(CultureInfo.InvariantCulture, $"{users:N0} users and {items:N0} items of {model.ItemRows.Factors} factors in {folder}");
    }

    private void WriteCsv(string name, IFactorRows rows)
    {
        using StreamWriter output = Text($"{name}.csv");
        output.WriteLine("id,bias" + string.Concat(Enumerable.Range(0, rows.Factors).Select(f => $",f{f}")));
        double[] factors = new double[rows.Factors];
        foreach (int row in Held(rows))
        {
            rows.Copy(row, factors);
            output.Write(Quoted(NameOf(rows, row)));
            output.Write(string.Create(CultureInfo.InvariantCulture, $",{rows.BiasOf(row):R}"));
            foreach (double factor in factors) output.Write(rows.FactorBytes == sizeof(float) ? string.Create(CultureInfo.InvariantCulture, $",{(float)factor:R}") : string.Create(CultureInfo.InvariantCulture, $",{factor:R}"));
            output.Write('\n');
        }
    }

    private void WriteNpy(string name, IFactorRows rows)
    {
        long count = Count(rows);
        using StreamWriter ids = Text($"{name}.ids");
        using NpyFile matrix = new(Path.Combine(folder, $"{name}.npy"), count, rows.Factors, rows.FactorBytes), biases = new(Path.Combine(folder, $"{name}.bias.npy"), count, null, sizeof(double));
        double[] factors = new double[rows.Factors];
        foreach (int row in Held(rows))
        {
            rows.Copy(row, factors);
            matrix.Write(factors);
            biases.Write([rows.BiasOf(row)]);
            ids.WriteLine(NameOf(rows, row));
        }
    }

    private StreamWriter Text(string file) => new(File.Create(Path.Combine(folder, file)), new UTF8Encoding(false)) { NewLine = "\n" };

    private string NameOf(IFactorRows rows, int row) => stage.Names.Name(rows.Key(row))!;

    private static IEnumerable<int> Held(IFactorRows rows) => Enumerable.Range(0, rows.Count).Where(row => rows.Key(row) != EntityKeyCodec.None);

    private static long Count(IFactorRows rows) => Held(rows).LongCount();

    // RFC 4180, section 2: an id has no line breaks.
    private static string Quoted(string id) => id.AsSpan().ContainsAny(',', '"') ? $"\"{id.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : id;
}
