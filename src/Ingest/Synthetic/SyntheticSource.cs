using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// Streams generated ratings without a file: the events that <see cref="RatingsLogWriter"/> would write and <see cref="Files.FileSource"/> read back.
/// A resume goes straight to its record.
/// </summary>
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
    public Abstractions.State.IStateful? State => null;

    /// <inheritdoc/>
    public async IAsyncEnumerable<BatchLease> ReadAsync(SourcePosition from, SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        RatingsGenerator generator = new(_options.Synthetic);
        Reader reader = new(generator, new ValueGate(_options), Keys(generator.Users), Keys(generator.Items));
        PartitionPosition position = reader.Position;
        position.CopyFrom(from.Single);
        ulong fingerprint = Fingerprint(_options.Synthetic);
        if (position.Records > 0 && position.Fingerprint != fingerprint)
        {
            throw new SourceException("The generated log has changed since the snapshot was taken: an option of Source:Synthetic is another. "
                + "Resume with the options as they were, or start over without --resume.");
        }

        position.Fingerprint = fingerprint;
        long end = Math.Min(generator.Events, context.Limit);
        while (position.Records < end)
        {
            BatchLease lease = await context.Pool.RentAsync(ct);
            try
            {
                long cut = context.CutEvery <= 0 ? end : ((position.Records / context.CutEvery) + 1) * context.CutEvery;
                lease.Batch.FirstOrdinal = position.Events;
                reader.Fill(lease.Batch, context.BatchSize, Math.Min(end, cut), ct);
                lease.Batch.Position.Single.CopyFrom(position);
                Volatile.Write(ref _progress, position.Records / (double)end);
            }
            catch
            {
                lease.Release();
                throw;
            }

            yield return lease;
        }

        await Files.BadRatio.JudgeAsync(position, _options.MaxBadRatio, null, context.Pool, ct);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A hash of every option, so that a resume notices another log.</summary>
    private static ulong Fingerprint(RatingsOptions o)
    {
        string text = $"{o.Events} {o.Seed} {o.FinalUsers} {o.FinalItems} {o.InitialShare:R} {o.Factors} {o.Mean:R} {o.BiasDeviation:R} {o.FactorDeviation:R} "
            + $"{o.NoiseDeviation:R} {o.PopularityExponent:R} {o.PopularityShift:R} {o.ActivityExponent:R} {o.Choices} {o.DriftAt:R} {o.Start} {o.SecondsBetween:R}";
        return XxHash64.Hash(System.Text.Encoding.UTF8.GetBytes(text), 1);
    }

    /// <summary>Keys of the ids 1 to <paramref name="count"/>; index 0 is not used.</summary>
    private ulong[] Keys(int count)
    {
        ulong[] keys = new ulong[count + 1];
        Span<byte> digits = stackalloc byte[16];
        for (int id = 1; id <= count; id++)
        {
            Utf8Formatter.TryFormat(id, digits, out int length);
            _keys.TryEncode(digits[..length], "id", out keys[id], out _);
        }

        return keys;
    }

    /// <summary>Makes events, and counts as a file's reader would.</summary>
    private sealed class Reader(RatingsGenerator generator, ValueGate gate, ulong[] users, ulong[] items)
    {
        public PartitionPosition Position { get; } = new();

        public void Fill(EventBatch batch, int events, long records, CancellationToken ct)
        {
            const int RecordsBetweenChecks = 8192;
            while (batch.Count < events && Position.Records < records && batch.Rejections.Count < RecordIntake.MaxRejections)
            {
                long n = Position.Records++;
                if (n % RecordsBetweenChecks == 0) ct.ThrowIfCancellationRequested();
                Rating rating = generator.At(n);
                Passage passage = gate.Judge(rating.Value);
                if (passage == Passage.OutOfRange)
                {
                    Position.Rejected[(int)RejectionReason.OutOfRange]++;
                    batch.Rejections.Add(0, n, 0, new DecodeError(RejectionReason.OutOfRange, Formats.FieldNames.Value), default, 0, 0);
                    continue;
                }

                Position.Time = rating.Seconds * 1_000_000;
                if (passage == Passage.Filtered)
                {
                    Position.Filtered++;
                    continue;
                }

                ref Event e = ref batch.Add();
                (e.Offset, e.Time, e.ArrivalTime) = (n, Position.Time, Position.Time);
                (e.User, e.Item, e.Value) = (users[rating.User], items[rating.Item], rating.Value);
                Position.Events++;
            }
        }
    }
}
