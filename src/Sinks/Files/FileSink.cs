using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.State;

namespace Streaming.Sinks.Files;

/// <summary>A sink that appends lines to a file which goes on where a snapshot left it (<see cref="ResumableFile"/>).</summary>
/// <remarks>State: the file's length, then what the sink itself adds; a resume cuts the file there and goes on. One caller at a time.</remarks>
/// <param name="file">Where lines go; opened with the first batch.</param>
public abstract class FileSink(ResumableFile file) : ISink, IStateful
{
    /// <inheritdoc/>
    public abstract string StateTag { get; }

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Singleton;

    /// <inheritdoc/>
    public virtual bool NeedsRecords => false;

    /// <summary>The file, started when <see cref="Write"/> is called.</summary>
    protected ResumableFile File => file;

    /// <inheritdoc/>
    public ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        file.Start();
        Write(batch);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(long epoch, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        file.FlushToDisk();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Abandon() => file.Abandon();

    /// <summary>Nothing to fix: <see cref="Save"/> writes the state as it is.</summary>
    /// <param name="epoch">Number of the snapshot.</param>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public virtual void Save(ref StateWriter writer) => file.Save(ref writer);

    /// <inheritdoc/>
    public virtual void Restore(ref StateReader reader, int version) => file.Restore(ref reader);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        file.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes the lines of a batch.</summary>
    protected abstract void Write(EventBatch batch);
}
