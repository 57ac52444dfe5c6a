using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

public sealed class ExportCommandTests : IDisposable
{
    private readonly RecommendingLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Both_forms_have_the_same_rows_and_the_model_s_scores_follow_from_them()
    {
        await _log.ReplayAsync();
        string csv = _log.PathOf("csv"), npy = _log.PathOf("npy");
        Assert.Equal((0, ""), Outcome(await _log.RunAsync("export", "--stage", "mf", "--out", csv)));
        Assert.Equal((0, ""), Outcome(await _log.RunAsync("export", "--stage", "mf", "--out", npy, "--format", "npy")));
        Dictionary<string, float[]> users = [], items = [];
        foreach ((string name, Dictionary<string, float[]> rows, int count) in ((string, Dictionary<string, float[]>, int)[])[("users", users, 7), ("items", items, 12)])
        {
            string[] lines = File.ReadAllLines(Path.Combine(csv, name + ".csv")), ids = File.ReadAllLines(Path.Combine(npy, name + ".ids"));
            Assert.Equal("id,bias,f0,f1,f2", lines[0]);
            (float[] factors, int[] shape) = Read<float>(Path.Combine(npy, name + ".npy"), "<f4");
            (double[] biases, int[] length) = Read<double>(Path.Combine(npy, name + ".bias.npy"), "<f8");
            Assert.Equal((count, 3, count, count), (shape[0], shape[1], length[0], ids.Length));
            Assert.All(biases, b => Assert.Equal(0, b));
            for (int row = 0; row < count; row++)
            {
                rows.Add(ids[row], factors[(3 * row)..(3 * (row + 1))]);
                string id = ids[row].Contains(',') ? $"\"{ids[row].Replace("\"", "\"\"")}\"" : ids[row];
                Assert.Equal($"{id},0,{string.Join(',', rows[ids[row]].Select(f => f.ToString("R", CultureInfo.InvariantCulture)))}", lines[row + 1]);
            }
        }

        Assert.Contains("some, \"user\"", users.Keys);
        JsonNode about = JsonNode.Parse(File.ReadAllText(Path.Combine(npy, "export.json")))!;
        Assert.Equal(("mf", "isgd", 400, 7, 12, 3), ((string)about["stage"]!, (string)about["type"]!, (int)about["events"]!, (int)about["users"]!, (int)about["items"]!, (int)about["factors"]!));
        ProcessResult list = await _log.RunAsync("topk", "somebody-number-3", "--stage", "mf", "--set", "Source:Seed=42");
        string[][] best = [.. list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t'))];
        Assert.All(best, row => Assert.Equal(double.Parse(row[1], CultureInfo.InvariantCulture), users["somebody-number-3"].Zip(items[row[0]], (p, q) => (double)p * q).Sum(), 1e-6));
    }

    [Fact]
    public async Task A_model_with_biases_has_them_and_its_mean()
    {
        File.WriteAllText(_log.Log, "{\"user\":1,\"item\":2,\"value\":5,\"ts\":1}\n{\"user\":1,\"item\":3,\"value\":2,\"ts\":2}\n");
        File.WriteAllText(_log.Pipeline, """{ "Stages": { "base": { "Type": "baseline" } } }""");
        await _log.ReplayAsync();
        Assert.Equal(0, (await _log.RunAsync("export", "--out", _log.PathOf("out"))).Code);
        string[] items = File.ReadAllLines(Path.Combine(_log.PathOf("out"), "items.csv"));
        Assert.Equal(["id,bias", "2", "3"], [items[0], .. items[1..].Select(l => l.Split(',')[0])]);
        Assert.True(double.Parse(items[2].Split(',')[1], CultureInfo.InvariantCulture) < 0); // 2 is below the mean, and the first value was it
        Assert.Equal(3.5, (double)JsonNode.Parse(File.ReadAllText(Path.Combine(_log.PathOf("out"), "export.json")))!["intercept"]!);
    }

    [Fact]
    public async Task A_model_without_factors_is_refused_with_2()
    {
        await _log.ReplayAsync("--limit", "60");
        ProcessResult result = await _log.RunAsync("export", "--stage", "often", "--out", _log.PathOf("out"));
        Assert.Equal((2, "--stage: 'often' is of type popularity, which has no factors\n"), (result.Code, result.Error));
        Assert.False(Directory.Exists(_log.PathOf("out")));
    }

    private static (int Code, string Output) Outcome(ProcessResult result) => (result.Code, result.Output);

    /// <summary>Parses a file by the words of the format: magic, version, length, a literal, and the elements.</summary>
    private static (T[] Elements, int[] Shape) Read<T>(string file, string type)
        where T : unmanaged
    {
        byte[] bytes = File.ReadAllBytes(file);
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0], bytes[..8]);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        Assert.Equal(0, (10 + length) % 64);
        string header = Encoding.ASCII.GetString(bytes, 10, length);
        Assert.EndsWith("\n", header, StringComparison.Ordinal);
        Assert.StartsWith($"{{'descr': '{type}', 'fortran_order': False, 'shape': (", header, StringComparison.Ordinal);
        int open = header.IndexOf('('), close = header.IndexOf(')');
        int[] shape = [.. header[(open + 1)..close].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        T[] elements = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(bytes.AsSpan(10 + length)).ToArray();
        Assert.Equal(shape.Aggregate((a, b) => a * b), elements.Length);
        return (elements, shape);
    }
}
