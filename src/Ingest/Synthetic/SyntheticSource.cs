using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// Streams a generated log without a file: each record is written as a line of JSON, and decoded, judged and counted as <see cref="Files.FileSource"/> would if
/// it stood in a file.
/// </summary>
/// <remarks>A resume seeks its record (<see cref="ILogGenerator.Seek"/>). Nothing is allocated a record.</remarks>
public sealed class SyntheticSource : IEventSource
{
    private readonly SourceOptions _options;
    private readonly EntityKeyCodec _keys;
    private double _progress;

    /// <summary>A source of what <see cref="SourceOptions.Synthetic"/> describes.</summary>
    public SyntheticSource(SourceOptions options, EntityKeyCodec keys) => (_options, _keys) = (options, keys);

    /// <inheritdoc/>
    public double Progress => Volatile.Read(ref _progress);

    /// <inheritdoc/>
    public async IAsyncEnumerable<BatchLease> ReadAsync(SourcePosition from, SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        ILogGenerator generator = _options.Synthetic.Type.Create(_options.Synthetic.Generator, LogShape.Jsonl);
        Reader reader = new(generator, new ValueGate(_options), _keys);
        PartitionPosition position = reader.Position;
        position.CopyFrom(from.Single);
        ulong fingerprint = _options.Synthetic.Fingerprint();
        if (position.Records > 0 && position.Fingerprint != fingerprint)
        {
            throw new SourceException("The generated log has changed since the snapshot was taken: an option of Source:Synthetic is another. "
                + "Resume with the options as they were, or start over without --resume.");
        }

        position.Fingerprint = fingerprint;
        generator.Seek(position.Records);
        bool more = true;
        while (more && position.Records < context.Limit)
        {
            BatchLease lease = await context.Pool.RentAsync(ct);
            long before = position.Records;
            try
            {
                long cut = context.CutEvery <= 0 ? long.MaxValue : ((before / context.CutEvery) + 1) * context.CutEvery;
                lease.Batch.FirstOrdinal = position.Events;
                more = reader.Fill(lease.Batch, context.BatchSize, Math.Min(context.Limit, cut), ct);
                lease.Batch.Position.Single.CopyFrom(position);
                Volatile.Write(ref _progress, Math.Max(generator.Progress, position.Records / (double)context.Limit));
            }
            catch
            {
                lease.Release();
                throw;
            }

            if (position.Records > before) yield return lease;
            else lease.Release();
        }

        await Files.BadRatio.JudgeAsync(position, _options.MaxBadRatio, null, context.Pool, ct);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Decodes, judges and counts as a file's reader does.</summary>
    private sealed class Reader(ILogGenerator generator, ValueGate gate, EntityKeyCodec keys)
    {
        private readonly JsonlFormat _format = new();
        private readonly byte[] _line = new byte[generator.MaxLineBytes];

        public PartitionPosition Position { get; } = new();

        /// <summary>Fills the batch with events, or up to a number of records in all; false at the end of the log.</summary>
        public bool Fill(EventBatch batch, int events, long records, CancellationToken ct)
        {
            const int RecordsBetweenChecks = 8192;
            while (batch.Count < events && Position.Records < records && batch.Rejections.Count < Files.LogReader.MaxRejections)
            {
                int length = generator.Next(_line);
                if (length == 0) return false;
                if (Position.Records % RecordsBetweenChecks == 0) ct.ThrowIfCancellationRequested();
                Decode(batch, _line.AsSpan(0, length));
            }

            return true;
        }

        private void Decode(EventBatch batch, ReadOnlySpan<byte> line)
        {
            long offset = Position.Records++;
            EventWriter writer = new(batch, keys, Position.Time);
            if (!_format.TryDecode(line, ref writer, out DecodeError error))
            {
                Reject(batch, offset, line, error);
                return;
            }

            ref Event e = ref batch.Events[batch.Count - 1];
            Passage passage = e.Kind == EventKind.Interaction ? gate.Judge(e.Value) : Passage.Taken;
            if (passage == Passage.OutOfRange)
            {
                writer.Undo();
                Reject(batch, offset, line, new DecodeError(RejectionReason.OutOfRange, FieldNames.Value));
                return;
            }

            Position.Time = e.Time;
            if (passage == Passage.Filtered)
            {
                writer.Undo();
                Position.Filtered++;
                return;
            }

            (e.Offset, e.ArrivalTime) = (offset, e.Time);
            Position.Events++;
        }

        private void Reject(EventBatch batch, long offset, ReadOnlySpan<byte> line, DecodeError error)
        {
            batch.Rejections.Add(0, offset, offset + 1, error, line, line.Length, Files.LineReader.KeptBytes);
            Position.Rejected[(int)error.Reason]++;
        }
    }
}
