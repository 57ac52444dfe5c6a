using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Host.Configuration;
using Streaming.Host.Shards;
using Streaming.Host.Snapshots;
using Streaming.Host.Views;

namespace Streaming.Pipeline.Tests.Live;

/// <summary>A worker of the simulated group: the real supervisor and shards, over a folder that all processes share.</summary>
internal sealed class SimulatedProcess : IAsyncDisposable
{
    private readonly SimulatedBroker _broker;
    private readonly PipelineConfiguration _configuration;
    private readonly ulong _seed;

    public SimulatedProcess(string name, SimulatedBroker broker, PipelineConfiguration configuration, string folder, ulong seed, TimeProvider time)
    {
        (Name, _broker, _configuration, _seed) = (name, broker, configuration, seed);
        Supervisor = new ShardSupervisor(
            (shard, create) =>
            {
                string own = Path.Combine(folder, $"shard-{shard}");
                ShardLease lease = ShardLease.Take(own, time);
                SnapshotStore store = new(own, configuration.Snapshots.Keep) { Fence = lease };
                store.RemoveUnfinished();
                return (new ShardSetup(configuration, create, store, time, Said.Add) { Number = shard, Resume = true, Views = Views }, lease);
            },
            TimeSpan.FromSeconds(60));
    }

    public string Name { get; }

    public ShardSupervisor Supervisor { get; }

    public ViewBoard Views { get; } = new();

    public List<string> Said { get; } = [];

    public IEnumerable<int> Owned => Supervisor.Shards.Select(s => s.Number);

    public Task<SourcePosition> AssignAsync(int partition)
    {
        int reader = _broker.NewReader(partition);
        return Supervisor.AssignAsync(
            partition,
            keys => new SimulatedPartition(_broker, partition, reader, _configuration.Source, keys, new CounterRng(_seed, (ulong)partition)),
            CancellationToken.None);
    }

    /// <summary>Asks for a snapshot and sees to it that a batch comes by.</summary>
    public async Task SnapshotAsync(int partition)
    {
        Task<long> snapshot = Supervisor.Shards.Single(s => s.Number == partition).SnapshotAsync();
        while (!snapshot.IsCompleted)
        {
            _broker.Nudge();
            await Task.Yield();
        }

        await snapshot.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default); // cancelled where the shard has failed
    }

    /// <summary>As if killed: nothing more is written.</summary>
    public ValueTask DisposeAsync() => Supervisor.DisposeAsync();
}
