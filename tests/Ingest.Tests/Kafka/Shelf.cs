using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Tests.Kafka;

/// <summary>
/// Where the members of a group keep what they know of their shards, as snapshots on a disk that all of them share; and the judge that no shard has two owners. From any thread.
/// </summary>
public sealed class Shelf
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (SourcePosition Position, byte[] Held)> _snapshots = [];
    private readonly Dictionary<int, MemberOwner> _owners = [];
    private readonly SortedDictionary<(int Shard, byte Topic, long Offset), int> _taken = [];

    /// <summary>What went wrong between the members.</summary>
    public List<string> Violations { get; } = [];

    public IReadOnlyDictionary<int, MemberOwner> Owners
    {
        get
        {
            lock (_gate) return new Dictionary<int, MemberOwner>(_owners);
        }
    }

    public void Take(int shard, MemberOwner owner)
    {
        lock (_gate)
        {
            if (!_owners.TryAdd(shard, owner)) Violations.Add($"Shard {shard} went to {owner.Name} while {_owners[shard].Name} had it.");
        }
    }

    public void Leave(int shard, MemberOwner owner)
    {
        lock (_gate)
        {
            if (!_owners.Remove(shard, out MemberOwner? had) || had != owner) Violations.Add($"{owner.Name} gave back shard {shard}, which it did not have.");
        }
    }

    /// <summary>What a shard's snapshot has; a fresh position if there is none.</summary>
    public (SourcePosition Position, byte[]? Held) Of(int shard)
    {
        lock (_gate)
        {
            SourcePosition copy = new();
            if (!_snapshots.TryGetValue(shard, out (SourcePosition Position, byte[] Held) found)) return (copy, null);
            copy.CopyFrom(found.Position);
            return (copy, found.Held);
        }
    }

    public void Put(int shard, SourcePosition position, byte[] held, IEnumerable<(byte Topic, long Offset)> taken)
    {
        lock (_gate)
        {
            SourcePosition copy = new();
            copy.CopyFrom(position);
            _snapshots[shard] = (copy, held);
            foreach ((byte topic, long offset) in taken)
            {
                if (!_taken.TryAdd((shard, topic, offset), 1)) Violations.Add($"Offset {offset} of topic {topic}, shard {shard}, was learned twice.");
            }
        }
    }

    /// <summary>Offsets of a shard that are in snapshots.</summary>
    public List<long> Learned(int shard)
    {
        lock (_gate) return [.. _taken.Keys.Where(k => k.Shard == shard).Select(k => k.Offset)];
    }

    public int LearnedInAll
    {
        get
        {
            lock (_gate) return _taken.Count;
        }
    }
}
