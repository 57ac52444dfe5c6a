using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Ingest.Files;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Joining;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// One shard: the partition of one number, of every topic, as a stream of batches. Reads what <see cref="ConsumerLoop"/> puts into its queue; never ends by itself, but where a
/// limit is given.
/// </summary>
/// <remarks>
/// <para>Records. <see cref="PartitionPosition.Records"/> counts every message (and every mark of a silent topic); tombstones are filtered, messages above
/// <c>Source:MaxLineBytes</c> rejected. <see cref="Event.Offset"/> is the message's, <see cref="Event.ArrivalTime"/> its timestamp.
/// A message below the cursor of its topic was taken before: it is dropped, counted, and never learned twice.</para>
/// <para>Silent topics. That the merge goes on without one is a control record (<see cref="ControlKind.Idle"/>), so that a log of the shard gives the same stream; it comes
/// from the offset its topic stands at, and moves no cursor. So does what the engine itself has to say (<see cref="SourceContext.TakeMark"/>). Which topics are silent is not state: after a restart each has its time again.</para>
/// <para>Bad records are judged over the last 10,000 since the start of the read. Where there are too many, the read fails once every batch has been given back.</para>
/// </remarks>
internal sealed class KafkaPartitionSource : IEventSource
{
    private const long MostRejectedBytes = 16 << 20;

    private readonly SourceOptions _options;
    private readonly EntityKeyCodec _keys;
    private readonly int _partition;
    private readonly ShardQueue _queue;
    private readonly Counters _counters;
    private readonly RewardJoin _join;
    private readonly IEventFormat _format;
    private readonly BadRecordWindow _window;
    private readonly TaskCompletionSource<long[]> _start = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _firstBad;

    /// <summary>A source of what is put into <paramref name="queue"/>.</summary>
    /// <param name="options">Valid.</param>
    /// <param name="keys">Gives ids their keys.</param>
    /// <param name="partition">Number of the partition.</param>
    /// <param name="queue">One lane a topic.</param>
    /// <param name="counters">Where dropped records are counted.</param>
    public KafkaPartitionSource(SourceOptions options, EntityKeyCodec keys, int partition, ShardQueue queue, Counters counters)
    {
        (_options, _keys, _partition, _queue, _counters) = (options, keys, partition, queue, counters);
        _join = new RewardJoin(options.Join);
        _format = FormatCatalogue.Find(options.Format ?? FormatCatalogue.OfMessages)!.Create(options);
        _window = new BadRecordWindow(options.MaxBadRatio);
    }

    /// <inheritdoc/>
    public double Progress => double.NaN;

    /// <inheritdoc/>
    public IStateful State => _join;

    /// <summary>Says where each topic is read from: nothing is given out before. From any thread, once.</summary>
    public void Begin(long[] cursors) => _start.TrySetResult(cursors);

    /// <inheritdoc/>
    public async IAsyncEnumerable<BatchLease> ReadAsync(SourcePosition from, SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        RecordIntake intake = new(_options, _keys, context.Raw ? null : _join, context.KeepRecords, _options.MaxLineBytes);
        intake.GoOnFrom(from.Single);
        PartitionPosition position = intake.Position;
        ulong fingerprint = ComparedOptions.HashOfTopics(_options);
        if (position.Fingerprint != 0 && position.Fingerprint != fingerprint)
        {
            throw new SourceException($"The snapshot of shard {_partition} belongs to another stream: one of {ComparedOptions.TopicNames} is another. "
                + "Resume with the options as they were, or start with a new group and without the snapshot.");
        }

        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, context.Stop);
        if (await OrStopAsync(_start.Task, either.Token, ct) is not { } cursors) yield break;
        for (int topic = 0; topic < cursors.Length; topic++) position.MoveCursor(topic, cursors[topic]);
        (position.Partition, position.Fingerprint) = (_partition, fingerprint);
        TopicMerge merge = new(_queue, TimeSpan.FromSeconds(_options.Kafka.IdleSeconds), context.Time);
        using CancellationTokenRegistration wake = either.Token.UnsafeRegister(static queue => ((ShardQueue)queue!).Wake(), _queue);
        bool begun = false; // the first batch is given out, however empty and stopped or not: it says where the shard begins
        while (!begun || (!context.Stop.IsCancellationRequested && !_window.TooMany && position.Records < context.Limit))
        {
            bool waits = begun || context.Pool.Rented == context.Pool.Size;
            if (await RentAsync(context.Pool, waits ? either.Token : ct, ct) is not { } lease) break;
            long before = position.Records;
            try
            {
                intake.Begin(lease.Batch);
                await FillAsync(lease.Batch, intake, merge, context, ct);
                intake.End(lease.Batch);
            }
            catch
            {
                lease.Release();
                throw;
            }

            bool empty = position.Records == before && lease.Batch.Count == 0 && lease.Batch.Rejections.Count == 0;
            if (begun && context.Stop.IsCancellationRequested && empty) lease.Release();
            else yield return lease;
            begun = true;
        }

        if (_window.TooMany) await _window.FailAsync($"records of shard {_partition}", _firstBad, context.Pool, ct);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _queue.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Fills a batch until it is to end: by what it holds, by the delay since its first record, by silence, or by the stop.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FillAsync(EventBatch batch, RecordIntake intake, TopicMerge merge, SourceContext context, CancellationToken ct)
    {
        long begin = intake.Position.Records, until = Math.Min(context.Limit, context.NextCut(begin)), since = context.Time.GetTimestamp();
        bool silent = true;
        if (intake.IsReady(batch, context.BatchSize) && context.TakeMark() is { } mark)
        {
            RecordOrigin origin = new(0, _partition, intake.Position.Cursors[0], intake.Position.Time);
            intake.TakeMark(batch, context.BatchSize, ControlRecord.At(mark, origin), 0, origin);
            return;
        }

        while (Fill(batch, intake, merge, context.BatchSize, until))
        {
            ct.ThrowIfCancellationRequested();
            if (context.Stop.IsCancellationRequested) return;
            if (silent && (intake.Position.Records > begin || batch.Count > 0)) (silent, since) = (false, context.Time.GetTimestamp());
            TimeSpan left = (silent ? context.Heartbeat : context.MaxDelay) - context.Time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero) return;
            if (merge.Patience is TimeSpan patience && patience < left) left = patience;
            int wanted = silent || merge.Patience is not null ? 1 : (int)Math.Min(context.BatchSize - batch.Count, until - intake.Position.Records);
            await _queue.WaitAsync(merge.Topic, wanted, left);
        }

        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Takes what waits; false once the batch is to end, true if it only lacks records.</summary>
    private bool Fill(EventBatch batch, RecordIntake intake, TopicMerge merge, int room, long until)
    {
        while (!_window.TooMany && intake.Position.Records < until && batch.Rejections.Length < MostRejectedBytes && intake.IsReady(batch, room))
        {
            switch (merge.Next())
            {
                case MergeStep.Wait:
                    return true;
                case MergeStep.Idle:
                    intake.TakeMark(batch, room, """{"control":"idle"}"""u8, 0, new RecordOrigin((byte)merge.Topic, _partition, intake.Position.Cursors[merge.Topic], intake.Position.Time));
                    break;
                default:
                    Take(batch, intake, merge.Topic, merge.Header, merge.Bytes, room);
                    merge.Advance();
                    break;
            }
        }

        return false;
    }

    private void Take(EventBatch batch, RecordIntake intake, int topic, in RecordHeader header, ReadOnlySpan<byte> bytes, int room)
    {
        if (header.Offset < intake.Position.Cursors[topic])
        {
            _counters.Drop();
            return;
        }

        RecordOrigin origin = new((byte)topic, _partition, header.Offset, header.Time);
        DecodeError error = DecodeError.None;
        if (header.Length < 0)
        {
            intake.Pass(origin);
        }
        else if (header.Length > _options.MaxLineBytes)
        {
            error = new DecodeError(RejectionReason.LineTooLong, string.Empty);
            intake.Reject(batch, error, bytes, header.Length, 0, origin);
        }
        else
        {
            error = intake.Take(batch, room, _format, bytes, 0, origin);
        }

        bool bad = error.Reason != RejectionReason.None;
        if (bad) _firstBad ??= $"topic {_options.Kafka.Topics[topic]}, partition {_partition}, offset {header.Offset}: {error.Reason.Label()}" + (error.Field.Length == 0 ? string.Empty : $" ({error.Field})");
        _window.Add(bad);
    }

    /// <summary>Rents a batch; null where the read is to end before there is one.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<BatchLease?> RentAsync(BatchPool pool, CancellationToken either, CancellationToken ct)
    {
        try
        {
            return await pool.RentAsync(either);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<long[]?> OrStopAsync(Task<long[]> start, CancellationToken either, CancellationToken ct)
    {
        try
        {
            return await start.WaitAsync(either);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
