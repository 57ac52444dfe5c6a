using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Sinks.Kafka;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Kafka;

public sealed class KafkaDeadLettersSinkTests : KafkaTest
{
    [Fact]
    public async Task The_bytes_are_the_value_and_why_stands_in_headers()
    {
        byte[] bytes = [0x31, 0xFF, 0xFE, 0x00, (byte)'\n'];
        EventBatch batch = TestBatch.Of(0, 3);
        batch.Rejections.Add(2, 17, 0, new DecodeError(RejectionReason.NotFinite, "value"), bytes, bytes.Length, 100, topic: 1);
        batch.Rejections.Add(2, 18, 0, new DecodeError(RejectionReason.Malformed, ""), "abc"u8, 70_000, 100);
        batch.Rejections.Add(2, 19, 0, new DecodeError(RejectionReason.MissingField, "user"), [], 0, 100);
        batch.Rejections.Add(2, 20, 0, new DecodeError(RejectionReason.MissingField, "user"), "hmac-sha256:0011223344556677"u8, 70, 100, withheld: true);
        await using (KafkaDeadLettersSink sink = new(new KafkaSinkOptions { Topic = "out" }, Binding() with { Topics = ["clicks", "rewards"] }, TimeProvider.System))
        {
            await sink.WriteAsync(batch, Token);
            await sink.FlushAsync(0, Token);
        }

        List<ReadMessage> messages = Out();
        Assert.Equal([bytes, "abc"u8.ToArray(), [], "hmac-sha256:0011223344556677"u8.ToArray()], messages.Select(m => m.Bytes));
        Assert.All(messages, m => Assert.Null(m.Key));
        Assert.Equal(
            [("source", "clicks"), ("topic", "rewards"), ("partition", "2"), ("offset", "17"), ("reason", "not-finite"), ("field", "value"), ("length", "5"), ("withheld", "false")],
            messages[0].Headers);
        Assert.Equal(("clicks", "malformed", "", "70000"), (messages[1]["topic"], messages[1]["reason"], messages[1]["field"], messages[1]["length"]));
        Assert.Equal(("70", "true"), (messages[3]["length"], messages[3]["withheld"]));
    }

    [Fact]
    public async Task A_record_that_is_larger_than_a_message_is_cut_and_says_so()
    {
        byte[] bytes = [.. Enumerable.Range(0, 50_000).Select(i => (byte)i)];
        EventBatch batch = TestBatch.Empty();
        batch.Rejections.Add(0, 1, 0, new DecodeError(RejectionReason.LineTooLong, ""), bytes, bytes.Length, bytes.Length);
        await using KafkaDeadLettersSink sink = new(new KafkaSinkOptions { Topic = "out" }, Binding(("message.max.bytes", "20000")), TimeProvider.System);
        await sink.WriteAsync(batch, Token);
        await sink.FlushAsync(0, Token);
        ReadMessage message = Assert.Single(Out());
        Assert.Equal(bytes[..message.Bytes.Length], message.Bytes);
        Assert.InRange(message.Bytes.Length, 10_000, 20_000);
        Assert.Equal("50000", message["length"]);
    }
}
