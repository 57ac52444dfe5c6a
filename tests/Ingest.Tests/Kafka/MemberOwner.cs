using System.Collections.Concurrent;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Tests.Kafka;

/// <summary>An owner of shards that reads each one and keeps what came, with snapshots on a shelf; it can be told to be slow.</summary>
public sealed class MemberOwner(Shelf shelf, string name = "one", int batchSize = 64, bool keepRecords = false) : IShardOwner
{
    public string Name => name;

    /// <summary>The shards it has now.</summary>
    public ConcurrentDictionary<int, ShardReading> Shards { get; } = new();

    /// <summary>The shards it had before, too.</summary>
    public ConcurrentQueue<ShardReading> All { get; } = new();

    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Set: batches are given back only while it is set.</summary>
    public ManualResetEventSlim Gate { get; } = new(initialState: true);

    public int Events => All.Sum(s => s.Events.Count);

    public async Task<SourcePosition> AssignAsync(int shard, Func<EntityKeyCodec, IEventSource> create, CancellationToken ct)
    {
        Calls.Enqueue($"assign {shard}");
        shelf.Take(shard, this);
        (SourcePosition position, byte[]? held) = shelf.Of(shard);
        ShardReading reading = new(shard, create, position, held, batchSize, keepRecords, Gate);
        Shards[shard] = reading;
        All.Enqueue(reading);
        await Task.Yield();
        return position;
    }

    public async Task RevokeAsync(int shard)
    {
        Calls.Enqueue($"revoke {shard}");
        Shards.TryRemove(shard, out ShardReading? reading);
        await reading!.StopAsync();
        shelf.Put(shard, reading.Position, reading.Held, reading.Taken());
        shelf.Leave(shard, this);
    }

    public async Task LoseAsync(int shard)
    {
        Calls.Enqueue($"lose {shard}");
        Shards.TryRemove(shard, out ShardReading? reading);
        await reading!.AbandonAsync();
        shelf.Leave(shard, this);
    }
}
