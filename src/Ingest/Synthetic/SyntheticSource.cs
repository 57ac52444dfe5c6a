using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Joining;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// Streams a generated log without a file: each record is written as a line of JSON, and taken in (<see cref="RecordIntake"/>) as if it stood in a file that is
/// read in its order.
/// </summary>
/// <remarks>A resume seeks its record (<see cref="ILogGenerator.Seek"/>). Nothing is allocated a record.</remarks>
public sealed class SyntheticSource : IEventSource
{
    private readonly SourceOptions _options;
    private readonly EntityKeyCodec _keys;
    private readonly RewardJoin _join;
    private double _progress;

    /// <summary>A source of what <see cref="SourceOptions.Synthetic"/> describes.</summary>
    public SyntheticSource(SourceOptions options, EntityKeyCodec keys) => (_options, _keys, _join) = (options, keys, new RewardJoin(options.Join));

    /// <inheritdoc/>
    public double Progress => Volatile.Read(ref _progress);

    /// <inheritdoc/>
    public IStateful State => _join;

    /// <inheritdoc/>
    public async IAsyncEnumerable<BatchLease> ReadAsync(SourcePosition from, SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        ILogGenerator generator = _options.Synthetic.Type.Create(_options.Synthetic.Generator, LogShape.Jsonl);
        RecordIntake intake = new(_options, _keys, context.Raw ? null : _join);
        Reader reader = new(generator, intake);
        PartitionPosition position = intake.Position;
        ulong fingerprint = _options.Synthetic.Fingerprint() ^ ComparedOptions.HashOfIntake(_options);
        if (from.Single.Records > 0 && from.Single.Fingerprint != fingerprint)
        {
            throw new SourceException($"The generated log has changed since the snapshot was taken: an option of Source:Synthetic is another, or one of {ComparedOptions.IntakeNames}. "
                + "Resume with the options as they were, or start over without --resume.");
        }

        intake.GoOnFrom(from.Single);
        generator.Seek(position.Records);
        position.Fingerprint = fingerprint;
        bool records = position.Records < context.Limit, rest = !context.Raw;
        while (records || rest)
        {
            BatchLease lease = await context.Pool.RentAsync(ct);
            EventBatch batch = lease.Batch;
            long before = position.Records;
            try
            {
                intake.Begin(batch);
                if (records) records = reader.Fill(batch, context.BatchSize, Math.Min(context.Limit, context.NextCut(before)), ct) && position.Records < context.Limit;
                else rest = intake.Finish(batch, context.BatchSize);
                intake.End(batch);
                Volatile.Write(ref _progress, Math.Max(generator.Progress, position.Records / (double)context.Limit));
            }
            catch
            {
                lease.Release();
                throw;
            }

            if (position.Records > before || batch.Count > 0 || batch.Rejections.Count > 0) yield return lease;
            else lease.Release();
        }

        await Files.BadRatio.JudgeAsync(position, _options.MaxBadRatio, null, context.Pool, ct);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Fills batches from the generator's records.</summary>
    private sealed class Reader(ILogGenerator generator, RecordIntake intake)
    {
        private const int RecordsBetweenChecks = 8192;

        private readonly JsonlFormat _format = new();
        private readonly byte[] _line = new byte[generator.MaxLineBytes];

        /// <summary>Fills the batch with events, or up to a number of records in all; false at the end of the log.</summary>
        public bool Fill(EventBatch batch, int events, long records, CancellationToken ct)
        {
            PartitionPosition position = intake.Position;
            while (position.Records < records && intake.IsReady(batch, events))
            {
                int length = generator.Next(_line);
                if (length == 0) return false;
                if (position.Records % RecordsBetweenChecks == 0) ct.ThrowIfCancellationRequested();
                intake.Take(batch, events, _format, _line.AsSpan(0, length), position.Records + 1);
            }

            return true;
        }
    }
}
