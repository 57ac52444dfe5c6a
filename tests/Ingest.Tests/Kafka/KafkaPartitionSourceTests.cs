using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Kafka;
using Streaming.Ingest.Tests.Support;
using Streaming.Shared.Kafka;
using Streaming.Shared.Time;

namespace Streaming.Ingest.Tests.Kafka;

/// <summary>One shard without a broker: what is put into its queue, against what comes out.</summary>
public sealed class KafkaPartitionSourceTests : IAsyncDisposable
{
    private readonly SourceOptions _options = Member.Options("a");
    private readonly Counters _counters = new();
    private readonly BatchPool _pool = new(2, 100, 0, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualClock _time = new();
    private readonly ManualResetEventSlim _room = new();
    private ShardQueue _queue = null!;
    private KafkaPartitionSource _source = null!;
    private SourcePosition _from = new();

    [Fact]
    public async Task Batches_end_at_their_size_and_at_cuts_whatever_waits()
    {
        await using IAsyncEnumerator<BatchLease> batches = Read(c => c with { CutEvery = 150, ReportEvery = [70] });
        for (int i = 0; i < 400; i++) Add(i, TopicWriter.Rating(i));
        Assert.Equal([70, 70, 10, 60, 70, 20], await Counts(batches, 6));
    }

    [Fact]
    public async Task A_batch_that_has_begun_is_given_out_after_the_longest_delay_and_silence_gives_an_empty_one()
    {
        await using IAsyncEnumerator<BatchLease> batches = Read();
        Task<bool> next = batches.MoveNextAsync().AsTask();
        await TickAsync(next, TimeSpan.FromMilliseconds(100));
        Assert.True(await next);
        Assert.Equal((0, 0L), (batches.Current.Batch.Count, batches.Current.Batch.Position.Single.Records));
        Assert.Equal([0L], batches.Current.Batch.Position.Single.Cursors.ToArray());
        batches.Current.Release();

        next = batches.MoveNextAsync().AsTask();
        Add(0, TopicWriter.Rating(0));
        Assert.False(next.IsCompleted);
        await TickAsync(next, TimeSpan.FromMilliseconds(5));
        Assert.True(await next);
        Assert.Equal((1, 1L), (batches.Current.Batch.Count, batches.Current.Batch.Position.Single.Records));
        batches.Current.Release();
    }

    [Fact]
    public async Task A_stop_gives_out_the_batch_at_hand_and_ends_and_leaves_what_waits_in_the_join()
    {
        await using IAsyncEnumerator<BatchLease> batches = Read();
        Add(0, TopicWriter.Rating(0));
        Add(1, """{"decision":"d","actions":["x","y"],"chosen":0,"propensity":0.5,"ts":1700000001}""");
        Task<bool> next = batches.MoveNextAsync().AsTask();
        await _stop.CancelAsync();
        Assert.True(await next);
        Assert.Equal((1, 2L), (batches.Current.Batch.Count, batches.Current.Batch.Position.Single.Records));
        batches.Current.Release();
        Assert.False(await batches.MoveNextAsync());
        Assert.True(((Ingest.Joining.RewardJoin)_source.State).Open == 1);
    }

    [Fact]
    public async Task A_shard_that_is_stopped_before_anything_came_says_where_it_begins()
    {
        await using IAsyncEnumerator<BatchLease> batches = Read();
        await _stop.CancelAsync();
        Assert.True(await batches.MoveNextAsync());
        Assert.Equal(0, batches.Current.Batch.Count);
        Assert.Equal(-1, batches.Current.Batch.Position.Single.Cursors.IndexOfAnyInRange(long.MinValue, -1)); // every topic has its place
        Assert.NotEqual(0, batches.Current.Batch.Position.Single.Cursors.Length);
        batches.Current.Release();
        Assert.False(await batches.MoveNextAsync());
    }

    [Fact]
    public async Task A_stop_ends_a_read_that_waits_for_its_start_or_for_a_batch()
    {
        await using IAsyncEnumerator<BatchLease> batches = Read(begin: false);
        Task<bool> next = batches.MoveNextAsync().AsTask();
        await _stop.CancelAsync();
        Assert.False(await next);

        await using KafkaPartitionSourceTests other = new();
        BatchLease[] all = [other._pool.Rent(TestContext.Current.CancellationToken), other._pool.Rent(TestContext.Current.CancellationToken)];
        await using IAsyncEnumerator<BatchLease> second = other.Read();
        next = second.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        await other._stop.CancelAsync();
        Assert.False(await next);
        foreach (BatchLease lease in all) lease.Release();
    }

    [Fact]
    public async Task What_was_taken_before_is_dropped_and_counted()
    {
        _from.Single.MoveCursor(0, 5);
        await using IAsyncEnumerator<BatchLease> batches = Read(cursor: 5);
        foreach (int offset in new[] { 3, 4, 5, 5, 6, 4, 9 }) Add(offset, TopicWriter.Rating(offset));
        Assert.Equal(["0/3/5", "0/3/6", "0/3/9"], await Offsets(batches));
        Assert.Equal(4, _counters.Read().Dropped);
    }

    [Fact]
    public async Task Tombstones_are_filtered_and_long_messages_rejected_with_their_beginning()
    {
        _options.MaxLineBytes = 1024;
        _options.MaxBadRatio = 1;
        await using IAsyncEnumerator<BatchLease> batches = Read();
        Add(7, null);
        Add(8, new string('x', 5000));
        Add(9, "{" + new string('y', 1000));
        Add(10, TopicWriter.Rating(1));
        BatchLease lease = await Next(batches);
        PartitionPosition position = lease.Batch.Position.Single;
        Assert.Equal((4L, 1L, 1L, 2L), (position.Records, position.Events, position.Filtered, position.RejectedTotal));
        Assert.Equal([11L], position.Cursors.ToArray());
        Assert.Equal([(8L, RejectionReason.LineTooLong, 5000L, 1024), (9L, RejectionReason.Malformed, 1001L, 1001)], Enumerable.Range(0, 2)
            .Select(i => lease.Batch.Rejections[i]).Select(r => (r.Offset, r.Error.Reason, r.Length, r.Bytes.Length)));
        Assert.All(Enumerable.Range(0, 2), i => Assert.Equal(3, lease.Batch.Rejections[i].Partition));
        lease.Release();
    }

    [Fact]
    public async Task Too_many_bad_records_end_the_read_once_every_batch_is_back()
    {
        await using IAsyncEnumerator<BatchLease> batches = Read();
        for (int i = 0; i < 300; i++) Add(i, i % 2 == 0 ? "rubbish" : TopicWriter.Rating(i));
        List<BatchLease> held = [];
        int rejections = 0;
        while (rejections <= 100)
        {
            BatchLease lease = await Next(batches);
            rejections += lease.Batch.Rejections.Count;
            if (rejections <= 100) lease.Release();
            else held.Add(lease);
        }

        Task<bool> next = batches.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        held[0].Release();
        BadRecordsException failure = await Assert.ThrowsAsync<BadRecordsException>(async () => await next);
        Assert.Contains("101 of the last 10000 records of shard 3 are bad; Source:MaxBadRatio allows 1 %", failure.Message, StringComparison.Ordinal);
        Assert.Contains("topic a, partition 3, offset 0: malformed", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task A_silent_topic_becomes_a_control_record_that_moves_no_cursor_and_replays_to_the_same_counts()
    {
        _options.Kafka.Topics = ["a", "b"];
        await using IAsyncEnumerator<BatchLease> batches = Read(c => c with { KeepRecords = true, Heartbeat = TimeSpan.FromHours(1) });
        Add(0, TopicWriter.Rating(0), time: 1);
        Add(1, TopicWriter.Rating(1), time: 2);
        Task<bool> next = batches.MoveNextAsync().AsTask();
        await TickAsync(next, TimeSpan.FromSeconds(1));
        Assert.True(await next);
        BatchLease lease = batches.Current;
        Assert.Equal((0, ControlKind.Idle, 1L), (lease.Batch.Count, lease.Batch.Control.Kind, lease.Batch.Position.Single.Records));
        Assert.Equal([0L, 0L], lease.Batch.Position.Single.Cursors.ToArray());
        Assert.Equal(new RecordOrigin(1, 3, 0, 0), lease.Batch.Records.OriginOf(0));
        Assert.Equal("""{"control":"idle"}""", Encoding.UTF8.GetString(lease.Batch.Records.BytesOf(0)));
        lease.Release();
        next = batches.MoveNextAsync().AsTask();
        await TickAsync(next, TimeSpan.FromMilliseconds(5));
        Assert.True(await next);
        Assert.Equal((2, 3L), (batches.Current.Batch.Count, batches.Current.Batch.Position.Single.Records));
        Assert.Equal([2L, 0L], batches.Current.Batch.Position.Single.Cursors.ToArray());
        batches.Current.Release();
    }

    [Fact]
    public async Task The_log_of_a_shard_gives_the_same_stream_from_a_file()
    {
        _options.Kafka.Topics = ["a", "b"];
        _options.Kafka.IdleSeconds = 1;
        using TempFolder folder = new();
        StringBuilder log = new();
        List<string> live = [];
        PartitionPosition end = new();
        await using (IAsyncEnumerator<BatchLease> batches = Read(c => c with { KeepRecords = true, Heartbeat = TimeSpan.FromHours(1), CutEvery = 7 }))
        {
            for (int i = 0; i < 40; i++) Add(i, TopicWriter.Rating(i), time: i, topic: i % 3 == 0 ? 1 : 0);
            Add(40, """{"control":"forget","user":"u1","ts":1700000040}""", time: 40);
            for (int i = 41; i < 60; i++) Add(i, TopicWriter.Rating(i), time: i);
            while (end.Records < 61)
            {
                Task<bool> next = batches.MoveNextAsync().AsTask();
                await TickAsync(next, TimeSpan.FromMilliseconds(5));
                Assert.True(await next);
                Note(batches.Current.Batch, live, log);
                end.CopyFrom(batches.Current.Batch.Position.Single);
                batches.Current.Release();
            }
        }

        List<string> replayed = [];
        SourceOptions options = new() { Paths = [folder.Write("log", log.ToString())], Format = "jsonl", Order = LogOrder.File };
        PartitionPosition last = new();
        await using Ingest.Files.FileSource file = new(options, new EntityKeyCodec(1));
        await foreach (BatchLease lease in file.ReadAsync(new SourcePosition(), new SourceContext(_pool, 100, CutEvery: 7), default))
        {
            Note(lease.Batch, replayed, null);
            last.CopyFrom(lease.Batch.Position.Single);
            lease.Release();
        }

        Assert.Equal(live, replayed);
        Assert.Equal(2, live.Count(l => l.StartsWith("control", StringComparison.Ordinal)));
        Assert.Equal((end.Records, end.Events, end.Time), (last.Records, last.Events, last.Time));
        Assert.Equal(end.Cursors.ToArray(), last.Cursors.ToArray());
    }

    [Fact]
    public async Task What_the_engine_says_itself_is_in_the_stream_and_in_its_log_and_nobody_else_can_say_it()
    {
        _options.MaxBadRatio = 1;
        Queue<byte[]> marks = new([ControlRecord.Reset("mf")]);
        await using IAsyncEnumerator<BatchLease> batches = Read(c => c with { KeepRecords = true, TakeMark = () => _queue.Waiting(0).Records == 0 && marks.TryDequeue(out byte[]? mark) ? mark : null });
        Add(0, TopicWriter.Rating(0));
        Add(1, """{"control":"reset","stage":"mf"}""");
        Add(2, """{"source":{"topic":0,"partition":3,"offset":2,"arrived":0,"own":true},"control":"reset","stage":"mf"}""");
        Add(3, TopicWriter.Rating(3));
        List<string> live = [], replayed = [];
        StringBuilder log = new();
        PartitionPosition end = new();
        while (end.Records < 5)
        {
            BatchLease lease = await Next(batches);
            Note(lease.Batch, live, log);
            end.CopyFrom(lease.Batch.Position.Single);
            lease.Release();
        }

        Assert.Equal((2L, 2L, 4L), (end.Events, end.RejectedTotal, end.Cursors[0]));
        Assert.Equal($"control {new ControlMark(ControlKind.Reset, EntityKeyCodec.None, ControlMark.KeyOf("mf"u8))} 5", live[2]);
        using TempFolder folder = new();
        // The log sink leaves a record as it is that says where it stands already; here all get their place.
        SourceOptions options = new() { Paths = [folder.Write("log", log.ToString().Replace("{\"source\":{\"topic\":0,\"partition\":3,\"offset\":4,\"arrived\":1700000003000000},", "{", StringComparison.Ordinal))], Format = "jsonl", Order = LogOrder.File };
        await using IEventSource source = SourceFactory.Create(options, new EntityKeyCodec(1));
        await foreach (BatchLease lease in source.ReadAsync(new SourcePosition(), new SourceContext(_pool, 100), TestContext.Current.CancellationToken))
        {
            Note(lease.Batch, replayed, null);
            if (lease.Batch.Control.Kind == ControlKind.Reset) Assert.Equal(4, lease.Batch.Position.Single.Cursors[0]); // it moves no cursor
            lease.Release();
        }

        Assert.Equal(live.Where(s => !s.StartsWith("control", StringComparison.Ordinal)), replayed.Where(s => !s.StartsWith("control", StringComparison.Ordinal)));
        Assert.Equal(live[2].Replace(" 5", " 3", StringComparison.Ordinal), replayed[2]); // the two that were rejected are in no log
    }

    [Fact]
    public async Task A_position_of_other_topics_is_refused()
    {
        await using (IAsyncEnumerator<BatchLease> batches = Read())
        {
            Add(0, TopicWriter.Rating(0));
            BatchLease lease = await Next(batches);
            _from.CopyFrom(lease.Batch.Position);
            lease.Release();
        }

        await using KafkaPartitionSourceTests other = new() { _from = _from };
        other._options.Kafka.Topics = ["b"];
        await using IAsyncEnumerator<BatchLease> refused = other.Read(cursor: 1);
        SourceException failure = await Assert.ThrowsAsync<SourceException>(async () => await refused.MoveNextAsync());
        Assert.Contains("Source:Kafka:Topics", failure.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null) await _source.DisposeAsync();
        _queue?.Dispose();
        _pool.Dispose();
        _room.Dispose();
        _stop.Dispose();
    }

    private static void Note(EventBatch batch, List<string> stream, StringBuilder? log)
    {
        foreach (ref readonly Event e in batch.Events) stream.Add($"{e.Topic} {e.Partition} {e.Offset} {e.User} {e.Item} {e.Value} {e.Time} {e.ArrivalTime}");
        if (batch.Control.Kind != ControlKind.None) stream.Add($"control {batch.Control} {batch.Position.Single.Records}");
        for (int i = 0; i < batch.Records.Count; i++)
        {
            RecordOrigin o = batch.Records.OriginOf(i);
            string source = $$"""{"source":{"topic":{{o.Topic}},"partition":{{o.Partition}},"offset":{{o.Offset}},"arrived":{{o.ArrivalTime}}},""";
            log?.Append(source).Append(Encoding.UTF8.GetString(batch.Records.BytesOf(i))[1..]).Append('\n');
        }
    }

    private IAsyncEnumerator<BatchLease> Read(Func<SourceContext, SourceContext>? with = null, long cursor = 0, bool begin = true)
    {
        _options.Kafka.IdleSeconds = 1;
        _queue = new ShardQueue(_options.Kafka.Topics.Count, _options.Kafka, _room, _time);
        _source = new KafkaPartitionSource(_options, new EntityKeyCodec(1), 3, _queue, _counters);
        if (begin) _source.Begin([.. Enumerable.Repeat(cursor, _options.Kafka.Topics.Count)]);
        SourceContext context = new(_pool, 100) { Stop = _stop.Token, Time = _time };
        return _source.ReadAsync(_from, with?.Invoke(context) ?? context, default).GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    private void Add(long offset, string? record, long time = 0, int topic = 0)
    {
        byte[] bytes = record is null ? [] : Encoding.UTF8.GetBytes(record);
        _queue.Add(topic, new RecordHeader(offset, time * 1000, record is null ? -1 : bytes.Length), bytes.AsSpan(0, Math.Min(bytes.Length, _options.MaxLineBytes)));
    }

    /// <summary>Lets time pass, step by step, until the read goes on.</summary>
    private async Task TickAsync(Task next, TimeSpan step)
    {
        while (!next.IsCompleted)
        {
            _time.Advance(step);
            await Task.Delay(1);
        }
    }

    private async Task<BatchLease> Next(IAsyncEnumerator<BatchLease> batches)
    {
        Task<bool> next = batches.MoveNextAsync().AsTask();
        await TickAsync(next, TimeSpan.FromMilliseconds(5));
        Assert.True(await next);
        return batches.Current;
    }

    private async Task<List<int>> Counts(IAsyncEnumerator<BatchLease> batches, int number)
    {
        List<int> counts = [];
        while (counts.Count < number)
        {
            BatchLease lease = await Next(batches);
            counts.Add(lease.Batch.Count);
            lease.Release();
        }

        return counts;
    }

    private async Task<List<string>> Offsets(IAsyncEnumerator<BatchLease> batches)
    {
        BatchLease lease = await Next(batches);
        List<string> offsets = [];
        foreach (ref readonly Event e in lease.Batch.Events) offsets.Add($"{e.Topic}/{e.Partition}/{e.Offset}");
        lease.Release();
        return offsets;
    }
}
