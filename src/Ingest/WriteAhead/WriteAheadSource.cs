using System.Runtime.CompilerServices;
using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Ingest.Files;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Joining;

namespace Streaming.Ingest.WriteAhead;

/// <summary>
/// Follows a write-ahead log: what was sent to the process, in the order in which it was written, as soon as it is on the disk. Partition 0. It ends when it is told to
/// stop, or at the limit.
/// </summary>
/// <remarks>
/// <para>Position. <see cref="PartitionPosition.Cursors"/> has the number of the next record, which names its segment; <see cref="PartitionPosition.Bytes"/> and
/// <see cref="PartitionPosition.Lines"/> are what was read of that. A start without a position, or with that of another log that named no place in this one, begins with the first
/// record that the log still has.</para>
/// <para>Batches end by count, at the cuts, and when the first record has waited for <see cref="SourceContext.MaxDelay"/>; none of that changes a result. An empty one is
/// given out after each <see cref="SourceContext.Heartbeat"/> of silence.</para>
/// <para>Bad records are judged over the last 10,000. A replay of the segments as files, in their order, gives the same events.</para>
/// </remarks>
public sealed class WriteAheadSource : IEventSource
{
    private readonly SourceOptions _options;
    private readonly EntityKeyCodec _keys;
    private readonly RewardJoin _join;

    /// <summary>A source of what is appended to a log of its own.</summary>
    /// <param name="options">Valid, with a folder for the log.</param>
    /// <param name="keys">Gives ids their keys.</param>
    /// <param name="time">When records arrive; null for the system's.</param>
    public WriteAheadSource(SourceOptions options, EntityKeyCodec keys, TimeProvider? time = null)
    {
        (_options, _keys, _join) = (options, keys, new RewardJoin(options.Join));
        Log = new WriteAheadLog(options.WriteAhead, options.MaxLineBytes, time);
    }

    /// <summary>A source of a log that is given.</summary>
    internal WriteAheadSource(SourceOptions options, EntityKeyCodec keys, WriteAheadLog log) => (_options, _keys, _join, Log) = (options, keys, new RewardJoin(options.Join), log);

    /// <summary>Where events are sent to. Opened by the read, unless it is before; closed with the source.</summary>
    public WriteAheadLog Log { get; }

    /// <inheritdoc/>
    public double Progress => double.NaN;

    /// <inheritdoc/>
    public IStateful State => _join;

    /// <inheritdoc/>
    public async IAsyncEnumerable<BatchLease> ReadAsync(SourcePosition from, SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        Log.Open();
        RecordIntake intake = new(_options, _keys, context.Raw ? null : _join, context.KeepRecords);
        using SegmentReader log = new(Log);
        Reader reader = new(log, intake, FormatCatalogue.Find(_options.Format ?? DefaultFormat)!.Create(_options), _options);
        reader.GoOnFrom(from.Single, Fingerprint());
        using LiveWait wait = new(Log, context);
        PartitionPosition position = intake.Position;
        bool rest = !context.Raw;
        while (!context.Stop.IsCancellationRequested && (position.Records < context.Limit || rest))
        {
            bool records = position.Records < context.Limit;
            if (records && !reader.Lags) await wait.UntilMoreAsync(log, context.Time.GetTimestamp(), context.Heartbeat, ct);
            if (context.Stop.IsCancellationRequested) break;
            BatchLease lease = await context.Pool.RentAsync(ct);
            EventBatch batch = lease.Batch;
            try
            {
                intake.Begin(batch);
                long before = position.Records, cut = Math.Min(context.Limit, context.NextCut(before)), begun = context.Time.GetTimestamp();
                if (!records) rest = intake.Finish(batch, context.BatchSize);
                else
                {
                    while (reader.Fill(batch, context.BatchSize, cut, ct) && position.Records > before && await wait.UntilMoreAsync(log, begun, context.MaxDelay, ct))
                    {
                    }
                }

                intake.End(batch);
            }
            catch
            {
                lease.Release();
                throw;
            }

            yield return lease;
            if (reader.Bad.TooMany) await reader.Bad.FailAsync("records", reader.FirstBad?.ToString(), context.Pool, ct);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Log.DisposeAsync();

    /// <summary>What records are where nothing else is said.</summary>
    internal const string DefaultFormat = "jsonl";

    private ulong Fingerprint() =>
        XxHash64.Hash(Encoding.UTF8.GetBytes($"{_options.Format ?? DefaultFormat} {_options.MaxLineBytes}"), ComparedOptions.HashOfIntake(_options));

    /// <summary>Fills batches from the log's records.</summary>
    private sealed class Reader(SegmentReader log, RecordIntake intake, IEventFormat format, SourceOptions options)
    {
        private const int RecordsBetweenChecks = 8192;

        public BadRecordWindow Bad { get; } = new(options.MaxBadRatio);

        /// <summary>The first bad record of this read.</summary>
        public BadRecord? FirstBad { get; private set; }

        /// <summary>Whether something is to enter the stream without a further record: the last batch had no room for it.</summary>
        public bool Lags { get; private set; }

        public void GoOnFrom(PartitionPosition from, ulong fingerprint)
        {
            if (from.Records > 0 && from.Fingerprint != 0 && from.Fingerprint != fingerprint)
            {
                throw new SourceException("The snapshot was taken of another source, or one of Source:Format, Source:MaxLineBytes, "
                    + $"{ComparedOptions.IntakeNames} is another. Resume with the options as they were, or start over without --resume.");
            }

            intake.GoOnFrom(from);
            if (from.Cursors.IsEmpty) log.Begin();
            else log.Seek(from.Cursors[0], from.Bytes);
            Lags = from.Records > 0;
            intake.Position.Fingerprint = fingerprint;
        }

        /// <summary>Fills the batch with events, or up to a number of records in all, or with what there is; false if it is to be given out as it is.</summary>
        public bool Fill(EventBatch batch, int events, long records, CancellationToken ct)
        {
            PartitionPosition position = intake.Position;
            Lags = false;
            while (position.Records < records)
            {
                if (!intake.IsReady(batch, events))
                {
                    Lags = true;
                    return false;
                }

                if (!log.TryRead(out ReadOnlySpan<byte> record, out RecordOrigin origin)) return true;
                if (position.Records % RecordsBetweenChecks == 0) ct.ThrowIfCancellationRequested();
                DecodeError error = new(RejectionReason.LineTooLong, string.Empty);
                if (record.Length > options.MaxLineBytes) intake.Reject(batch, error, record, record.Length, log.Lines, origin);
                else if (log.IsOwn) error = intake.TakeMark(batch, events, record, log.Lines, origin);
                else error = intake.Take(batch, events, format, record, log.Lines, origin);
                bool bad = error.Reason != RejectionReason.None;
                Bad.Add(bad);
                if (bad) FirstBad ??= new BadRecord(log.Path, log.Lines, error);
                (position.Bytes, position.Lines) = (log.Bytes, log.Lines);
                position.MoveCursor(0, log.Next); // whatever the record was
            }

            return false;
        }
    }
}
