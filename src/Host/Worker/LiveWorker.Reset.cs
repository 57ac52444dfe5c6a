using Streaming.Host.Shards;
using Streaming.Ingest;
using Streaming.Ingest.WriteAhead;

namespace Streaming.Host.Worker;

/// <content>Resets a stage, by a control record that is in the stream and in every log of it.</content>
internal sealed partial class LiveWorker
{
    /// <inheritdoc/>
    public async Task<bool> ResetAsync(string stage, CancellationToken ct)
    {
        RefuseWhilePaused();
        if (!_configuration.Plan.Stages.Any(s => s.Id == stage)) return false;
        await _resets.WaitAsync(ct);
        try
        {
            IReadOnlyList<Shard> shards = _supervisor.Shards;
            if (shards.Count == 0) throw new InvalidOperationException("no partition is this process's now");
            Task renewed = Task.WhenAll(shards.Select(s => s.Stages.Single(n => n.Id == stage).WhenRenewedAsync()));
            await EnterAsync(shards, ControlRecord.Reset(stage), ct);
            _log.StageReset(stage);
            await renewed.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
            if (!renewed.IsCompletedSuccessfully) throw new InvalidOperationException("a shard was handed over meanwhile, and may not have begun anew: ask again");
            // What is in no log of the source is there after a crash if it is in a snapshot.
            if (_group is not null && _configuration.Snapshots.Directory is { Length: > 0 }) await SnapshotAsync(ct);
            return true;
        }
        finally
        {
            _resets.Release();
        }
    }

    /// <summary>Puts a control record into the stream of each shard: into the log that the source reads, or beside what it reads.</summary>
    private async Task EnterAsync(IReadOnlyList<Shard> shards, byte[] mark, CancellationToken ct)
    {
        if (_group is not null)
        {
            foreach (Shard shard in shards) shard.Enter(mark);
            return;
        }

        if (_configuration.Source.Type != SourceKind.Http) throw new InvalidOperationException("the source is a log that ends: only what is taken live, from Kafka or over HTTP, can be reset");
        if (Intake is not { } intake || (await intake.AppendMarkAsync(mark, ct)).Status != AppendStatus.Accepted) throw new InvalidOperationException("no events are taken now");
    }
}
