using Streaming.Ingest.WriteAhead;

namespace Streaming.Host.Web;

/// <summary>How a worker is, for whoever asks from outside.</summary>
/// <param name="IsStarted">It has read its configuration, built its parts and opened its source.</param>
/// <param name="IsReady">It is started, has restored the state of every shard it owns, takes events and is not stopping.</param>
/// <param name="IsAlive">Its loops turn: no shard has been without a batch for longer than it should, and nothing has failed.</param>
/// <param name="Reason">What keeps it from being ready or alive, in a few words; empty if nothing does.</param>
internal readonly record struct WorkerHealth(bool IsStarted, bool IsReady, bool IsAlive, string Reason);

/// <summary>What can be asked of a worker from outside. Safe from any thread.</summary>
internal interface IWorkerControl
{
    /// <summary>How it is now.</summary>
    WorkerHealth Health { get; }

    /// <summary>Where events sent to it go; null where its source is another.</summary>
    WriteAheadLog? Intake { get; }

    /// <summary>Cuts a snapshot of every shard now, and waits until it is on the disk.</summary>
    /// <returns>Number of the snapshot and events it has, by shard.</returns>
    /// <exception cref="InvalidOperationException">It is paused, or makes no snapshots.</exception>
    Task<IReadOnlyDictionary<int, (long Epoch, long Events)>> SnapshotAsync(CancellationToken ct);

    /// <summary>Stops taking events from the source; what was taken is worked through. False if it was paused already.</summary>
    bool Pause();

    /// <summary>Takes events again. False if it was not paused.</summary>
    bool Resume();

    /// <summary>
    /// Lets a stage begin anew, with nothing learned, in each shard, by a control record in its stream: a replay of the log does it at the same place. When this returns it has been done, and is
    /// there after a crash.
    /// </summary>
    /// <returns>False if there is no stage with this id.</returns>
    /// <exception cref="InvalidOperationException">It is paused, takes no events, has no shard or hands one over, or its source is a log that ends.</exception>
    Task<bool> ResetAsync(string stage, CancellationToken ct);
}
