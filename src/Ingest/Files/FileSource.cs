using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Ingest.Joining;

namespace Streaming.Ingest.Files;

/// <summary>
/// Logged events in files, several read as one: partition 0. In file order it streams in constant memory; in time order it holds the log, sorts it stably,
/// and then streams.
/// </summary>
/// <remarks>
/// <para>Records. In file order, <see cref="PartitionPosition.Records"/> counts the records of the log. In time order, the records that never become events
/// (rejected and filtered) come first, in the order of the log, in batches without events while it is loaded; then the events by time. Either way it
/// grows by one a record, and a batch ends at each multiple of <see cref="SourceContext.CutEvery"/>. <see cref="Event.Offset"/> is always the record's
/// number in the log, header and empty lines not counted.</para>
/// <para>Limit. In file order the first N records, in time order the first N events by time.</para>
/// <para>Bad records. Their share is judged before the first event in time order, at the end in file order; where there are too many, the read fails once
/// every batch has been given back.</para>
/// <para>Restart. In file order a plain file is sought, a compressed or piped one is read again and passed over. In time order the log is loaded again;
/// what was already emitted is not emitted again.</para>
/// </remarks>
public sealed partial class FileSource : IEventSource
{
    private readonly SourceOptions _options;
    private readonly EntityKeyCodec _keys;
    private readonly Func<Stream> _standardInput;
    private readonly RewardJoin _join;
    private double _progress;

    /// <summary>A source of the files that the options name.</summary>
    /// <param name="options">Valid.</param>
    /// <param name="keys">Gives ids their keys.</param>
    /// <param name="standardInput">Opens what <c>-</c> stands for; null: the process's own.</param>
    public FileSource(SourceOptions options, EntityKeyCodec keys, Func<Stream>? standardInput = null)
    {
        (_options, _keys, _standardInput) = (options, keys, standardInput ?? Console.OpenStandardInput);
        _join = new RewardJoin(options.Join);
    }

    /// <inheritdoc/>
    public double Progress => Volatile.Read(ref _progress);

    /// <inheritdoc/>
    public IStateful State => _join;

    /// <inheritdoc/>
    public async IAsyncEnumerable<BatchLease> ReadAsync(SourcePosition from, SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        PartitionPosition start = new();
        start.CopyFrom(from.Single);
        IReadOnlyList<string> files = FileSet.Expand(_options.Paths);
        ulong fingerprint = LogFingerprint.Of(files, _options);
        if (start.Records > 0 && start.Fingerprint != fingerprint)
        {
            throw new SourceException($"The log has changed since the snapshot was taken: the length or the beginning of {string.Join(", ", files)} is another, or "
                + $"one of {ComparedOptions.LogNames}. Resume with the log and the options as they were, or start over without --resume.");
        }

        RewardJoin? join = context.Raw ? null : _join;
        using LogReader log = new(files, _options, _keys, _standardInput, _options.Order == LogOrder.File ? join : null, context.KeepRecords && _options.Order == LogOrder.File);
        IAsyncEnumerable<BatchLease> batches = _options.Order == LogOrder.File
            ? InFileOrder(log, start, fingerprint, context, ct)
            : InTimeOrder(log, start, fingerprint, join, context, ct);
        await foreach (BatchLease lease in batches) yield return lease;
        Volatile.Write(ref _progress, log.Share is double.NaN ? double.NaN : 1);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async IAsyncEnumerable<BatchLease> InFileOrder(
        LogReader log,
        PartitionPosition start,
        ulong fingerprint,
        SourceContext context,
        [EnumeratorCancellation] CancellationToken ct)
    {
        if (start.Records > 0) log.Seek(start);
        PartitionPosition position = log.Position;
        position.Fingerprint = fingerprint;
        bool records = position.Records < context.Limit, rest = !context.Raw && !context.GoesOn;
        while (records || rest)
        {
            BatchLease lease = await context.Pool.RentAsync(ct);
            EventBatch batch = lease.Batch;
            long before = position.Records;
            try
            {
                batch.FirstOrdinal = position.Events;
                if (records) records = log.Read(batch, context.BatchSize, Math.Min(context.Limit, context.NextCut(before)), long.MaxValue, ct) && position.Records < context.Limit;
                else rest = log.ReadRest(batch, context.BatchSize);
                batch.Position.Single.CopyFrom(position);
            }
            catch
            {
                lease.Release();
                throw;
            }

            Volatile.Write(ref _progress, log.Share);
            if (position.Records > before || batch.Count > 0 || batch.Rejections.Count > 0) yield return lease;
            else lease.Release();
        }

        await BadRatio.JudgeAsync(position, _options.MaxBadRatio, log.FirstBad, context.Pool, ct);
    }
}
