using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Sketches;

/// <summary>
/// Puts a sketch into the flow: takes in the key of each interaction, and answers in one column with this event included. Events of other kinds, or
/// without that key, are not counted and get NaN.
/// </summary>
/// <typeparam name="TSketch">The sketch.</typeparam>
/// <remarks>
/// Owns the sketch. State: which key is counted, then the sketch's own. Operators of several shards merge as their sketches do. A sketch that has no keys in it keeps what it
/// has of a user who is to be forgotten: it is a sum over many, of which nothing can be taken out.
/// </remarks>
public abstract class SketchOperator<TSketch> : IMergeableOperator, IDisposable
    where TSketch : ISketch, IMergeable<TSketch>
{
    private const int Chunk = 256;

    private readonly SketchKey _key;
    private readonly ColumnSlot<double> _answers;

    private protected SketchOperator(TSketch sketch, SketchKey key, ColumnSlot<double> answers) => (Sketch, _key, _answers) = (sketch, key, answers);

    /// <summary>The sketch so far.</summary>
    public TSketch Sketch { get; }

    /// <inheritdoc/>
    public string StateTag => Sketch.StateTag;

    /// <inheritdoc/>
    public int StateVersion => Sketch.StateVersion;

    /// <inheritdoc/>
    public StateScope Scope => Sketch.Scope;

    /// <inheritdoc/>
    public void Process(EventBatch batch)
    {
        if (_answers.IsAssigned) Answer(batch.Events, batch.Column(_answers));
        else Count(batch.Events);
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <inheritdoc/>
    public abstract void Report(StageReport report);

    /// <inheritdoc/>
    public void Merge(IMergeableOperator other)
    {
        if (other is not SketchOperator<TSketch> same) throw new ArgumentException($"A sketch of the kind {StateTag} merges only with its own kind: the other is of the kind {other.StateTag}.");
        if (_key != same._key) throw new ArgumentException($"Sketches merge only over the same Key: this one has {_key}, the other {same._key}.");
        Sketch.Merge(same.Sketch);
    }

    /// <inheritdoc/>
    public void Freeze(long epoch) => Sketch.Freeze(epoch);

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Key", (long)_key);
        Sketch.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Key", (long)_key);
        Sketch.Restore(ref reader, version);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        (Sketch as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes keys in when nobody asks for the answers.</summary>
    private protected abstract void Add(ReadOnlySpan<ulong> keys);

    /// <summary>Takes each key in and writes the answer after it; as many answers as keys.</summary>
    private protected abstract void Add(ReadOnlySpan<ulong> keys, Span<double> answers);

    private void Count(ReadOnlySpan<Event> events)
    {
        Span<ulong> keys = stackalloc ulong[Chunk];
        while (!events.IsEmpty)
        {
            ReadOnlySpan<Event> part = events[..Math.Min(Chunk, events.Length)];
            int n = 0;
            foreach (ref readonly Event e in part)
            {
                ulong key = KeyOf(in e);
                if (key != EntityKeyCodec.None) keys[n++] = key;
            }

            Add(keys[..n]);
            events = events[part.Length..];
        }
    }

    private void Answer(ReadOnlySpan<Event> events, Span<double> column)
    {
        Span<ulong> keys = stackalloc ulong[Chunk];
        Span<double> answers = stackalloc double[Chunk];
        while (!events.IsEmpty)
        {
            int length = Math.Min(Chunk, events.Length);
            int n = 0;
            for (int i = 0; i < length; i++)
            {
                ulong key = KeyOf(in events[i]);
                if (key != EntityKeyCodec.None) keys[n++] = key;
            }

            Add(keys[..n], answers[..n]);
            n = 0;
            for (int i = 0; i < length; i++) column[i] = KeyOf(in events[i]) != EntityKeyCodec.None ? answers[n++] : double.NaN;
            events = events[length..];
            column = column[length..];
        }
    }

    private ulong KeyOf(in Event e) => e.Kind != EventKind.Interaction ? EntityKeyCodec.None : _key == SketchKey.User ? e.User : e.Item;
}
