using System.Diagnostics;
using Streaming.Abstractions.Events;
using Streaming.Sinks.Kafka;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Kafka;

public sealed class KafkaFailureTests : KafkaTest
{
    private const int Produce = 0, EndTxn = 26, TxnOffsetCommit = 28;
    private const int MessageTooLarge = 10, TopicAuthorizationFailed = 29, GroupAuthorizationFailed = 30, ConcurrentTransactions = 51, ProducerFenced = 90;

    private KafkaDeadLettersSink Sink(KafkaSinkOptions options, SinkBinding binding) => new(options, binding, TimeProvider.System);

    private static KafkaSinkOptions Options(int seconds = 10, bool transactional = false) => new() { Topic = "out", FlushSeconds = seconds, Transactional = transactional };

    private static EventBatch Batch(int first, int count, int length = 100)
    {
        EventBatch batch = TestBatch.Empty();
        for (int i = 0; i < count; i++) batch.Rejections.Add(0, first + i, 0, new(Abstractions.Sources.RejectionReason.Malformed, ""), new byte[length], length, length);
        batch.Position.Single.MoveCursor(0, first + count);
        return batch;
    }

    [Theory]
    [InlineData(MessageTooLarge, "MsgSizeTooLarge")]
    [InlineData(TopicAuthorizationFailed, "TopicAuthorizationFailed")]
    public async Task A_message_that_is_given_up_fails_the_flush_and_everything_after_it(int code, string name)
    {
        await using KafkaDeadLettersSink sink = Sink(Options(), Binding());
        await Cluster.FailAsync(Produce, code);
        await sink.WriteAsync(Batch(0, 1), Token);
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.FlushAsync(1, Token));
        Assert.Contains("out", e.Message, StringComparison.Ordinal);
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("sink: ", e.Message, StringComparison.Ordinal);
        Assert.Equal(new DeliveryCounts(0, 0, 1), sink.Deliveries);
        await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Batch(1, 1), Token));
        await Assert.ThrowsAsync<IOException>(async () => await sink.FlushAsync(2, Token));
    }

    [Fact]
    public async Task A_message_that_no_broker_would_take_fails_at_once()
    {
        await using KafkaPredictionsSink sink = new(Options(), Binding(("message.max.bytes", "1000")) with { Source = new string('s', 2000) }, TimeProvider.System);
        EventBatch batch = TestBatch.Empty(1, doubles: 1, ints: 1);
        batch.Add();
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(batch, Token));
        Assert.Contains("MsgSizeTooLarge", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_that_break_cost_no_message_and_give_none_twice()
    {
        await using KafkaDeadLettersSink sink = Sink(Options(), Binding());
        await Cluster.FailAsync(Produce, -195, -195, -195);
        for (int i = 0; i < 10; i++)
        {
            await sink.WriteAsync(Batch(i * 10, 10), Token);
            await sink.FlushAsync(i + 1, Token);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => i.ToString()), Out().Select(m => m["offset"]));
    }

    [Fact]
    public async Task Brokers_that_stay_away_fail_the_flush_in_time_and_say_what_waits()
    {
        await Cluster.DownAsync(1);
        await using KafkaDeadLettersSink sink = Sink(Options(seconds: 1), Binding());
        await sink.WriteAsync(Batch(0, 5), Token);
        long begun = Stopwatch.GetTimestamp();
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.FlushAsync(1, Token));
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, .9, 5);
        Assert.Contains("5 wait", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_queue_is_waited_for()
    {
        await using KafkaDeadLettersSink sink = Sink(Options(), Binding(("queue.buffering.max.messages", "10")));
        await Cluster.DownAsync(1);
        Task write = sink.WriteAsync(Batch(0, 50), Token).AsTask();
        await Task.Delay(200, Token);
        Assert.False(write.IsCompleted);
        Assert.Equal(new DeliveryCounts(10, 0, 0), sink.Deliveries);
        await Cluster.UpAsync(1);
        await write;
        await sink.FlushAsync(1, Token);
        Assert.Equal(50, Out().Count);
        Assert.Equal(new DeliveryCounts(0, 50, 0), sink.Deliveries);
        Assert.NotEmpty(Said);
        Assert.Equal(Said.Distinct(StringComparer.Ordinal), Said);
    }

    [Fact]
    public async Task A_queue_that_stays_full_fails()
    {
        await Cluster.DownAsync(1);
        await using KafkaDeadLettersSink sink = Sink(Options(seconds: 1), Binding(("queue.buffering.max.messages", "10")));
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Batch(0, 50), Token));
        Assert.Contains("FlushSeconds", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        await Cluster.DownAsync(1);
        await using KafkaDeadLettersSink sink = Sink(Options(seconds: 100), Binding(("queue.buffering.max.messages", "10")));
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        cancel.CancelAfter(200);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sink.WriteAsync(Batch(0, 50), cancel.Token));
        using CancellationTokenSource again = CancellationTokenSource.CreateLinkedTokenSource(Token);
        again.CancelAfter(200);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sink.FlushAsync(1, again.Token));
    }

    [Fact]
    public async Task A_transaction_that_another_process_has_fenced_fails_loudly()
    {
        await using KafkaDeadLettersSink sink = Sink(Options(transactional: true), Binding());
        await sink.WriteAsync(Batch(0, 5), Token);
        await Cluster.FailAsync(EndTxn, ProducerFenced);
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.FlushAsync(1, Token));
        Assert.Contains("Fenced", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_offsets_of_the_source_are_part_of_the_transaction_and_are_tried_again()
    {
        SinkBinding binding = Binding() with { Topics = ["clicks"] };
        await using KafkaDeadLettersSink sink = Sink(Options(transactional: true), binding);
        await sink.WriteAsync(Batch(0, 5), Token);
        await Cluster.FailAsync(TxnOffsetCommit, ConcurrentTransactions, ConcurrentTransactions);
        await sink.FlushAsync(1, Token);
        await sink.WriteAsync(Batch(5, 5), Token);
        await Cluster.FailAsync(TxnOffsetCommit, GroupAuthorizationFailed);
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.FlushAsync(2, Token));
        Assert.Contains("offsets", e.Message, StringComparison.Ordinal);
        Assert.Contains("GroupAuthorizationFailed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_without_topics_has_no_offsets_to_send()
    {
        await using KafkaDeadLettersSink sink = Sink(Options(transactional: true), Binding());
        await Cluster.FailAsync(TxnOffsetCommit, GroupAuthorizationFailed);
        for (int epoch = 1; epoch < 4; epoch++)
        {
            await sink.WriteAsync(Batch(epoch * 10, 10), Token);
            await sink.FlushAsync(epoch, Token);
        }

        await sink.FlushAsync(4, Token); // nothing since the last one: no transaction
        Assert.Equal(30, Out().Count);
    }

    [Fact]
    public async Task Transactions_that_cannot_be_begun_fail_in_time()
    {
        await Cluster.DownAsync(1);
        await using KafkaDeadLettersSink sink = Sink(Options(seconds: 1, transactional: true), Binding());
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Batch(0, 1), Token));
        Assert.Contains("transactions could not be begun", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_of_a_producer_stays_and_is_its_own()
    {
        SinkBinding binding = Binding() with { Shard = 4 };
        Assert.Equal("streaming:engine:clicks:sink:4", TransactionOffsets.TransactionalId(binding));
        SinkBinding[] others = [binding with { Shard = 5 }, binding with { Id = "other" }, binding with { Source = "views" }];
        Assert.DoesNotContain(TransactionOffsets.TransactionalId(binding), others.Select(TransactionOffsets.TransactionalId));
    }

    [Theory]
    [InlineData("no.such.setting", "1")]
    [InlineData("ssl.key.pem", "canary-7f3a")]
    [InlineData("sasl.oauthbearer.method", "canary-7f3a")]
    public async Task Settings_that_the_client_refuses_are_told_without_secrets(string name, string value)
    {
        SinkBinding binding = Binding(("sasl.password", "canary-7f3a"), ("security.protocol", "ssl"), (name, value));
        await using KafkaDeadLettersSink sink = Sink(Options(), binding);
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Batch(0, 1), Token));
        Assert.Contains("Kafka:Producer", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(async () => await sink.FlushAsync(1, Token));
    }

    [Fact]
    public async Task A_password_shows_in_no_message_of_a_login_that_fails()
    {
        SinkBinding binding = Binding(("security.protocol", "sasl_plaintext"), ("sasl.mechanism", "PLAIN"), ("sasl.username", "canary-u"), ("sasl.password", "canary-p"));
        await using KafkaDeadLettersSink sink = Sink(Options(seconds: 1), binding);
        await sink.WriteAsync(Batch(0, 1), Token);
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.FlushAsync(1, Token));
        Assert.DoesNotContain("canary", string.Join('\n', [e.ToString(), .. Said]), StringComparison.Ordinal);
    }
}
