using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Shared.State;
using Streaming.Sinks.Kafka;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Kafka;

public sealed class KafkaSignalsSinkTests : KafkaTest
{
    private static readonly KafkaSinkOptions Options = new() { Topic = "out" };

    private static EventBatch Batch(long first, params int[] signals)
    {
        EventBatch batch = TestBatch.Empty(signals.Length, doubles: 1, ints: 1);
        foreach (int signal in signals)
        {
            int row = batch.Count;
            ref Event e = ref batch.Add();
            (e.Offset, e.Time, e.Partition) = (first + row + 100, TestBatch.Time, 2);
            batch.Column(new ColumnSlot<double>(0))[row] = 1;
            batch.Column(new ColumnSlot<int>(0))[row] = signal;
        }

        batch.FirstOrdinal = first;
        return batch;
    }

    [Fact]
    public async Task A_warning_is_sent_when_it_begins_and_every_drift()
    {
        await using KafkaSignalsSink sink = new(Options, Binding(), TimeProvider.System);
        await sink.WriteAsync(Batch(0, 0, -1, 1, -1, 1, 2, 2, 0, 1), Token);
        await sink.WriteAsync(Batch(9, 1, -1, 0), Token);
        await sink.FlushAsync(0, Token);
        List<ReadMessage> messages = Out();
        Assert.Equal([("2", "warning"), ("5", "drift"), ("6", "drift"), ("8", "warning")], messages.Select(m => (Event(m), m["signal"])));
        Assert.Equal("""{"stage":"drift","signal":"drift","event":5,"partition":2,"offset":105,"ts":"2013-05-31T11:33:20Z"}""", messages[1].Value);
        Assert.Equal([("source", "clicks"), ("partition", "2"), ("offset", "105"), ("stage", "drift"), ("signal", "drift")], messages[1].Headers);
        Assert.All(messages, m => Assert.Equal("drift", m.Key));
    }

    [Fact]
    public async Task A_warning_that_began_before_a_resume_is_not_sent_again()
    {
        byte[] state;
        await using (KafkaSignalsSink died = new(Options, Binding() with { Topics = ["clicks"] }, TimeProvider.System))
        {
            await died.WriteAsync(Batch(0, 0, 1), Token);
            await died.FlushAsync(1, Token);
            state = StateBytes.Save(died);
        }

        await using KafkaSignalsSink resumed = new(Options, Binding() with { Topics = ["clicks"] }, TimeProvider.System);
        StateBytes.Restore(resumed, state);
        Assert.Equal(state, StateBytes.Save(resumed));
        await resumed.WriteAsync(Batch(2, 1, 2), Token);
        await resumed.FlushAsync(2, Token);
        List<ReadMessage> messages = Out();
        Assert.Equal([("1", "warning"), ("3", "drift")], messages.Select(m => (Event(m), m["signal"])));
        Assert.All(messages, m => Assert.Contains("\"topic\":\"clicks\"", m.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_stage_said_that_is_no_longer_there_is_dropped()
    {
        byte[] state;
        await using (KafkaSignalsSink before = new(Options, Binding(), TimeProvider.System)) state = StateBytes.Save(before);
        await using KafkaSignalsSink after = new(Options, new SinkBinding("sink", [], new EntityKeyCodec(1)) { Say = Said.Add }, TimeProvider.System);
        StateBytes.Restore(after, state);
        Assert.Contains("no stage watches for drift", Assert.Single(Said), StringComparison.Ordinal);
    }

    private static string Event(ReadMessage message) => System.Text.Json.JsonDocument.Parse(message.Value).RootElement.GetProperty("event").GetRawText();
}
