using Streaming.Abstractions.Events;
using Streaming.Shared.Files;
using Streaming.Sinks.Jsonl;
using Streaming.Sinks.Kafka;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Kafka;

public sealed class KafkaPredictionsSinkTests : KafkaTest
{
    private static readonly KafkaSinkOptions Options = new() { Topic = "out" };

    private EventBatch Batch(long first, int count)
    {
        EventBatch batch = TestBatch.Empty(Math.Max(count, 1), doubles: 1, ints: 1);
        for (int i = 0; i < count; i++)
        {
            ref Event e = ref batch.Add();
            (e.Offset, e.Time, e.Partition) = (first + i + 7, TestBatch.Time + first + i, 3);
            if ((first + i) % 5 != 0) e.User = Names.Encode($"user-{(first + i) % 11}");
            batch.Column(new ColumnSlot<double>(0))[i] = (first + i) / 7.0;
            batch.Column(new ColumnSlot<int>(0))[i] = 0;
        }

        batch.FirstOrdinal = first;
        batch.Position.Single.Partition = 3;
        batch.Position.Single.MoveCursor(1, first + count + 7);
        return batch;
    }

    [Fact]
    public async Task A_message_has_the_line_of_the_events_as_value_and_the_user_as_key()
    {
        SinkBinding binding = Binding();
        using TemporaryFolder folder = new();
        await using (EventsSink file = new(folder.File("e"), binding.Columns, Names))
        await using (KafkaPredictionsSink sink = new(Options, binding, TimeProvider.System))
        {
            for (long first = 0; first < 300; first += 100)
            {
                await file.WriteAsync(Batch(first, 100), Token);
                await sink.WriteAsync(Batch(first, 100), Token);
            }

            await file.FlushAsync(0, Token);
            await sink.FlushAsync(0, Token);
        }

        List<ReadMessage> messages = Out();
        Assert.Equal(await File.ReadAllLinesAsync(folder.File("e"), Token), messages.Select(m => m.Value));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => i % 5 == 0 ? null : $"user-{i % 11}"), messages.Select(m => m.Key));
        Assert.Equal([("source", "clicks"), ("partition", "3"), ("offset", "106"), ("event", "99")], messages[99].Headers);
        Assert.Equal([("source", "clicks"), ("partition", "3"), ("offset", "7"), ("event", "0")], messages[0].Headers);
    }

    [Fact]
    public async Task The_topic_of_the_source_is_named_where_it_has_topics()
    {
        await using KafkaPredictionsSink sink = new(Options, Binding() with { Topics = ["clicks", "rewards"] }, TimeProvider.System);
        EventBatch batch = Batch(0, 2);
        batch.Events[1].Topic = 1;
        await sink.WriteAsync(batch, Token);
        await sink.FlushAsync(1, Token);
        Assert.Equal(["clicks", "rewards"], Out().Select(m => m["topic"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_consumer_that_drops_what_it_has_seen_gets_each_event_once_after_a_resume(bool transactional)
    {
        KafkaSinkOptions options = new() { Topic = "out", Transactional = transactional };
        await using (KafkaPredictionsSink died = new(options, Binding(), TimeProvider.System))
        {
            await died.WriteAsync(Batch(0, 50), Token);
            await died.FlushAsync(1, Token);
            await died.WriteAsync(Batch(50, 50), Token);
            await died.FlushAsync(2, Token); // and its snapshot was never finished
        }

        await using (KafkaPredictionsSink resumed = new(options, Binding(), TimeProvider.System))
        {
            await resumed.WriteAsync(Batch(50, 50), Token);
            await resumed.WriteAsync(Batch(100, 50), Token);
            await resumed.FlushAsync(2, Token);
        }

        List<ReadMessage> messages = Out();
        Assert.Equal(200, messages.Count);
        Assert.Equal(messages[50..100].Select(m => m.ToString()), messages[100..150].Select(m => m.ToString()));
        long highest = -1;
        List<string> seen = [];
        foreach (ReadMessage message in messages)
        {
            long ordinal = long.Parse(message["event"]);
            if (ordinal <= highest) continue;
            highest = ordinal;
            seen.Add(message["offset"]);
        }

        Assert.Equal(Enumerable.Range(7, 150).Select(i => i.ToString()), seen);
    }

    [Fact]
    public async Task What_was_sent_arrives_when_the_sink_ends_without_a_flush()
    {
        await using (KafkaPredictionsSink sink = new(Options, Binding(), TimeProvider.System)) await sink.WriteAsync(Batch(0, 10), Token);
        Assert.Equal(10, Out().Count);
    }

    [Fact]
    public async Task A_message_allocates_little()
    {
        await using KafkaPredictionsSink sink = new(Options, Binding(), TimeProvider.System);
        EventBatch batch = Batch(0, 1000);
        for (int i = 0; i < 3; i++) await sink.WriteAsync(batch, Token);
        await sink.FlushAsync(1, Token);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ValueTask write = sink.WriteAsync(batch, Token);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        await write;
        TestContext.Current.TestOutputHelper!.WriteLine($"{allocated / 1000} bytes a message");
        Assert.InRange(allocated / 1000, 1, 300);
    }
}
