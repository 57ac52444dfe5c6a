using System.Globalization;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Kernels;

/// <summary>
/// One decision of a generated jsonl log in memory, with 10 actions of 8 named features, from bytes to an event with its actions and keys: by the format, and as
/// one would write it first. A record takes 1,290 bytes where values have 4 digits after the point, and 2,170 where they have 15, as many as a
/// double holds exactly.
/// </summary>
[MemoryDiagnoser]
public class DecisionParseBenchmarks
{
    private const int N = 2_000;
    private const int BatchSize = 1024;
    private const int Actions = 10;
    private const int Features = 8;

    private readonly EntityKeyCodec _keys = new(1);
    private readonly BatchPool _pool = new(1, BatchSize, 0, 0);
    private readonly JsonlFormat _format = new();
    private readonly byte[][] _log = new byte[N][];

    [Params(4, 15)]
    public int Digits { get; set; }

    [GlobalSetup]
    public void Write()
    {
        CounterRng rng = new(1, 1);
        for (int n = 0; n < N; n++)
        {
            StringBuilder record = new();
            record.Append(CultureInfo.InvariantCulture, $"{{\"ts\":{1_700_000_000 + n},\"decision\":\"d{n}\",\"user\":{rng.NextBelow(6_040)},\"actions\":[");
            for (int a = 0; a < Actions; a++)
            {
                record.Append(CultureInfo.InvariantCulture, $"{(a == 0 ? "" : ",")}{{\"id\":\"a{a}\",\"features\":{{");
                for (int f = 0; f < Features; f++)
                    record.Append(CultureInfo.InvariantCulture, $"{(f == 0 ? "" : ",")}\"f{f}\":{Math.Round(rng.NextDouble(), Digits):R}");
                record.Append("}}");
            }

            record.Append(CultureInfo.InvariantCulture, $"],\"chosen\":{rng.NextBelow(Actions)},\"propensity\":0.1,\"reward\":{rng.NextBelow(2)}}}");
            _log[n] = Encoding.UTF8.GetBytes(record.ToString());
        }
    }

    [GlobalCleanup]
    public void Release() => _pool.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = N, Description = "JsonDocument")]
    public double Document()
    {
        double sum = 0;
        foreach (byte[] record in _log)
        {
            using JsonDocument json = JsonDocument.Parse(record);
            JsonElement root = json.RootElement;
            foreach (JsonElement action in root.GetProperty("actions").EnumerateArray())
            {
                sum += _keys.Encode(action.GetProperty("id").GetString()!);
                foreach (JsonProperty feature in action.GetProperty("features").EnumerateObject()) sum += feature.Name.Length + feature.Value.GetDouble();
            }

            sum += root.GetProperty("chosen").GetInt32() + root.GetProperty("propensity").GetDouble() + root.GetProperty("reward").GetDouble();
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = N, Description = "the format: a line to an event")]
    public int Format()
    {
        int events = 0;
        for (int n = 0; n < N;)
        {
            BatchLease lease = _pool.Rent();
            EventBatch batch = lease.Batch;
            for (; n < N && !batch.IsFull; n++)
            {
                EventWriter writer = new(batch, _keys, 0);
                if (_format.TryDecode(_log[n], ref writer, out _)) events++;
            }

            lease.Release();
        }

        return events == N ? events : throw new InvalidOperationException($"{events} of {N} records were decoded.");
    }
}
