using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest;
using Streaming.Ingest.Files;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Synthetic;

namespace Streaming.Kernels;

/// <summary>
/// One record of a generated log in memory, from bytes to an event with its keys: by the format alone, by the whole source (lines, gate, positions,
/// batches), and as one would write it first.
/// </summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private const int N = 200_000;
    private const int BatchSize = 1024;

    private readonly EntityKeyCodec _keys = new(1);
    private readonly BatchPool _pool = new(2, BatchSize, 0, 0);
    private byte[] _log = [];
    private IEventFormat _format = null!;
    private int _first;

    [Params("movielens ::", "movielens tab", "movielens csv", "csv", "jsonl")]
    public string Shape { get; set; } = "";

    private string FormatName => Shape.Split(' ')[0];

    [GlobalSetup]
    public void Write()
    {
        LogShape shape = Shape switch
        {
            "movielens ::" => LogShape.Movielens,
            "movielens tab" => LogShape.Tsv,
            "jsonl" => LogShape.Jsonl,
            _ => LogShape.Csv,
        };
        using MemoryStream log = new();
        LogWriter.Write(new RatingsLog(new RatingsGenerator(new RatingsOptions { Events = N, Users = 6_040, Items = 3_706, Seed = 1 }), shape), log);
        _log = log.ToArray();
        _format = FormatCatalogue.Find(FormatName)!.Create(new SourceOptions());
        int end = Array.IndexOf(_log, (byte)'\n');
        _first = _format.TryReadHeader(_log.AsSpan(0, end), out _) ? end + 1 : 0;
    }

    [GlobalCleanup]
    public void Release() => _pool.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = N, Description = "StreamReader, string.Split or JsonDocument")]
    public double Strings()
    {
        using StreamReader reader = new(new MemoryStream(_log, _first, _log.Length - _first), Encoding.UTF8);
        double sum = 0;
        while (reader.ReadLine() is { } line)
        {
            if (FormatName == "jsonl")
            {
                using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(line);
                System.Text.Json.JsonElement root = json.RootElement;
                sum += _keys.Encode(root.GetProperty("user").GetRawText()) + _keys.Encode(root.GetProperty("item").GetRawText())
                    + root.GetProperty("value").GetDouble() + root.GetProperty("ts").GetInt64();
                continue;
            }

            string[] fields = line.Split(Shape switch { "movielens ::" => "::", "movielens tab" => "\t", _ => "," });
            sum += _keys.Encode(fields[0]) + _keys.Encode(fields[1]) + double.Parse(fields[2], CultureInfo.InvariantCulture) + long.Parse(fields[3], CultureInfo.InvariantCulture);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = N, Description = "the format: a line to an event")]
    public int Format()
    {
        ReadOnlySpan<byte> rest = _log.AsSpan(_first);
        int events = 0;
        while (!rest.IsEmpty)
        {
            BatchLease lease = _pool.Rent();
            EventBatch batch = lease.Batch;
            while (!batch.IsFull && !rest.IsEmpty)
            {
                int end = rest.IndexOf((byte)'\n');
                EventWriter writer = new(batch, _keys, 0);
                if (_format.TryDecode(rest[..end], ref writer, out _)) events++;
                rest = rest[(end + 1)..];
            }

            lease.Release();
        }

        return events == N ? events : throw new InvalidOperationException($"{events} of {N} records were decoded.");
    }

    [Benchmark(OperationsPerInvoke = N, Description = "the source: a stream to batches")]
    public async Task<long> Source()
    {
        SourceOptions options = new() { Paths = [FileSet.StandardInput], Format = FormatName, Order = LogOrder.File };
        await using FileSource source = new(options, _keys, () => new MemoryStream(_log));
        long events = 0;
        await foreach (BatchLease lease in source.ReadAsync(new SourcePosition(), new SourceContext(_pool, BatchSize, 0, long.MaxValue), CancellationToken.None))
        {
            events += lease.Batch.Count;
            lease.Release();
        }

        return events == N ? events : throw new InvalidOperationException($"{events} of {N} records were read.");
    }
}
