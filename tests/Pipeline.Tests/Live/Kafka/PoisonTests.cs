using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Streaming.Shared.Kafka;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>
/// One record in a thousand is bad. Each of them is in the dead letters, in the file and in the topic, with its place, the reason and its bytes; every other one is learned; the
/// worker goes on. Where fewer are allowed it ends with 65.
/// </summary>
public class PoisonTests
{
    private const int Partitions = 2;
    private const int Records = 10_000;
    private const int TooLong = 2 << 20;

    private static readonly (string Reason, byte[] Bytes)[] Bad =
    [
        ("malformed", "{\"user\":\"u1\",\"item\":"u8.ToArray()),
        ("not-finite", "{\"user\":\"u1\",\"item\":\"i1\",\"value\":\"NaN\"}"u8.ToArray()),
        ("malformed", []),
        ("invalid-utf8", [.. "{\"user\":\"u1\",\"item\":\""u8, 0xFF, 0x00, 0xC3, 0x28, .. "\",\"value\":1}"u8]),
        ("line-too-long", [.. Enumerable.Repeat((byte)'x', TooLong)]),
    ];

    [Fact]
    public async Task A_bad_record_in_a_thousand_is_set_aside_with_its_place_and_its_bytes()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", Partitions), ("letters", 1));
        using KafkaWorker tolerant = new(cluster, "tolerant"), strict = new(cluster, "strict");
        SortedDictionary<(int Partition, long Offset), (string Reason, byte[] Bytes)> bad = Send(cluster);
        Task<ProcessResult> refusing = RefuseAsync(strict);
        long[] good = [.. Enumerable.Range(0, Partitions).Select(p => (Records / Partitions) - (long)bad.Count(b => b.Key.Partition == p))];
        await tolerant.RunAsync(good, "--set", "Sinks:topic:Type=kafka-dead-letters", "--set", "Sinks:topic:Topic=letters");
        for (int shard = 0; shard < Partitions; shard++)
        {
            Assert.Equal(Enumerable.Range(0, Records / Partitions).Select(o => (long)o).Where(o => !bad.ContainsKey((shard, o))), EventsFile.Offsets(tolerant.EventsOf(shard)));
            AssertLetters(bad.Where(b => b.Key.Partition == shard), tolerant.LettersOf(shard));
        }

        AssertMessages(bad, cluster.Bootstrap);
        ProcessResult refused = await refusing;
        Assert.True(refused.Code == 65, $"It ended with {refused.Code}: {refused.Error}");
        Assert.Contains("4 of the last 10000 records of shard ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Source:MaxBadRatio allows 0.03 %", refused.Error, StringComparison.Ordinal);
        Assert.Equal(4, Enumerable.Range(0, Partitions).Max(s => KafkaWorker.Count(strict.LettersOf(s))));
    }

    private static async Task<ProcessResult> RefuseAsync(KafkaWorker worker)
    {
        using StreamingProcess process = worker.Start("--set", "Source:MaxBadRatio=0.0003");
        return await process.EndAsync();
    }

    /// <summary>Sends the records; says which were bad.</summary>
    private static SortedDictionary<(int, long), (string, byte[])> Send(MockCluster cluster)
    {
        using TopicWriter writer = new(cluster.Bootstrap);
        SortedDictionary<(int, long), (string, byte[])> bad = [];
        for (int i = 0; i < Records; i++)
        {
            int kind = i / 1000, partition = i % Partitions;
            bool isBad = i % 1000 == 500 + (kind / Bad.Length); // each kind once for each partition
            if (isBad) bad.Add((partition, i / Partitions), Bad[kind % Bad.Length]);
            writer.SendBytes("events", partition, isBad ? Bad[kind % Bad.Length].Bytes : Encoding.UTF8.GetBytes(TopicWriter.Rating(i)), 1_700_000_000_000 + i);
        }

        writer.Flush();
        return bad;
    }

    private static void AssertLetters(IEnumerable<KeyValuePair<(int Partition, long Offset), (string Reason, byte[] Bytes)>> expected, string file)
    {
        Assert.Equal(expected.Count(), File.ReadLines(file).Count());
        foreach ((((int partition, long offset), (string reason, byte[] bytes)), string line) in expected.Zip(File.ReadLines(file)))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement letter = json.RootElement;
            Assert.Equal(
                ("events", partition, offset, reason, bytes.Length),
                (letter.GetProperty("topic").GetString(), letter.GetProperty("partition").GetInt32(), letter.GetProperty("offset").GetInt64(), letter.GetProperty("reason").GetString(), letter.GetProperty("length").GetInt32()));
            byte[] kept = letter.TryGetProperty("base64", out JsonElement base64) ? base64.GetBytesFromBase64() : Encoding.UTF8.GetBytes(letter.GetProperty("bytes").GetString()!);
            Assert.Equal(bytes[..Math.Min(bytes.Length, 1 << 20)], kept); // Source:MaxLineBytes
        }
    }

    private static void AssertMessages(SortedDictionary<(int Partition, long Offset), (string Reason, byte[] Bytes)> expected, string bootstrap)
    {
        ConsumerConfig settings = new() { BootstrapServers = bootstrap, GroupId = "reader", AutoOffsetReset = AutoOffsetReset.Error, EnablePartitionEof = true, FetchWaitMaxMs = 20 };
        using IConsumer<Ignore, byte[]> consumer = new ConsumerBuilder<Ignore, byte[]>(settings).Build();
        consumer.Assign(new TopicPartitionOffset("letters", 0, Offset.Beginning));
        HashSet<(int, long)> seen = [];
        while (consumer.Consume(TimeSpan.FromSeconds(10)) is { IsPartitionEOF: false } result)
        {
            string Header(string name) => Encoding.UTF8.GetString(result.Message.Headers.GetLastBytes(name));
            (int Partition, long Offset) place = (int.Parse(Header("partition"), System.Globalization.CultureInfo.InvariantCulture), long.Parse(Header("offset"), System.Globalization.CultureInfo.InvariantCulture));
            Assert.True(seen.Add(place));
            (string reason, byte[] bytes) = expected[place];
            Assert.Equal(("events", reason, $"{bytes.Length}"), (Header("topic"), Header("reason"), Header("length")));
            byte[] value = result.Message.Value ?? [];
            Assert.Equal(bytes[..value.Length], value);
            Assert.True(value.Length == bytes.Length || value.Length > 900_000); // cut to what a message may have
        }

        Assert.Equal(expected.Count, seen.Count);
    }
}
