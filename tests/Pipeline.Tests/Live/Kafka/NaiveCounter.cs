using Confluent.Kafka;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>
/// The consumer that everybody writes first: the client commits by itself, what was counted is saved every 500 records, and after a crash it goes on from what was committed with
/// what was saved.
/// </summary>
internal sealed class NaiveCounter(string bootstrap)
{
    private const int RecordsBetweenSaves = 500;

    private readonly Dictionary<string, long> _saved = [];

    /// <summary>What its state says of each item.</summary>
    public IReadOnlyDictionary<string, long> Saved => _saved;

    /// <summary>Counts so many records; then its process dies, and nothing is closed.</summary>
    public void RunAndDie(int records) => Run(count => count == records);

    /// <summary>Counts to the end of the topic, and saves.</summary>
    public void RunToEnd()
    {
        foreach ((string item, long count) in Run(_ => false)) _saved[item] = count;
    }

    private Dictionary<string, long> Run(Predicate<int> dies)
    {
        ConsumerConfig settings = new() { BootstrapServers = bootstrap, GroupId = "naive", AutoOffsetReset = AutoOffsetReset.Earliest, EnablePartitionEof = true, FetchWaitMaxMs = 20 };
        using IConsumer<Ignore, byte[]> consumer = new ConsumerBuilder<Ignore, byte[]>(settings).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset("events", 0, Offset.Stored));
        Dictionary<string, long> counts = new(_saved);
        for (int count = 0; !dies(count);)
        {
            ConsumeResult<Ignore, byte[]> result = consumer.Consume(TimeSpan.FromSeconds(20)) ?? throw new TimeoutException("No record came.");
            if (result.IsPartitionEOF) break;
            using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(result.Message.Value);
            string item = json.RootElement.GetProperty("item").GetString()!;
            counts[item] = counts.GetValueOrDefault(item) + 1;
            if (++count % RecordsBetweenSaves != 0) continue;
            foreach ((string saved, long number) in counts) _saved[saved] = number;
        }

        return counts;
    }
}
