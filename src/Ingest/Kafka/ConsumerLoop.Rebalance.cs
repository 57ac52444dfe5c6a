using Confluent.Kafka;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Kafka;

/// <content>
/// What the group gives and takes. The handlers run on the thread that polls, inside a poll, and return when the owner has done what they ask. They never throw: what goes wrong
/// ends the loop.
/// </content>
internal sealed partial class ConsumerLoop
{
    private List<TopicPartitionOffset> Assigned(List<TopicPartition> given)
    {
        Volatile.Write(ref _ready, false);
        _counters.Rebalance();
        Dictionary<int, long[]> offsets = [];
        try
        {
            foreach (IGrouping<int, TopicPartition> shard in given.GroupBy(p => p.Partition.Value).OrderBy(g => g.Key))
            {
                CheckTopics(shard.Key, [.. shard.Select(p => p.Topic)]);
                offsets[shard.Key] = Load(shard.Key);
            }

            Volatile.Write(ref _ready, true);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The stop gives back what was loaded.
        }
        catch (Exception e)
        {
            Fail(e);
        }

        // Where nothing was loaded the loop ends before anything is read.
        return [.. given.Select(p => new TopicPartitionOffset(p, offsets.TryGetValue(p.Partition.Value, out long[]? at) ? at[TopicOf(p.Topic)] : Offset.End))];
    }

    private long[] Load(int number)
    {
        if (number >= _shards.Length) Array.Resize(ref _shards, number + 1); // the topic grew
        KafkaShard shard = new(number, _options, _counters, _room, _time);
        SourcePosition position = _owner.AssignAsync(number, shard.Create, _stop).GetAwaiter().GetResult();
        _shards[number] = shard;
        long[] cursors = new StartOffsets(_consumer, _options.Kafka, _secrets, _time).Resolve(number, position.Single.Cursors, _stop);
        shard.Begin(cursors);
        return cursors;
    }

    private void Revoked(List<TopicPartitionOffset> taken)
    {
        bool ready = IsReady;
        Volatile.Write(ref _ready, false);
        int[] numbers = Owned(taken);
        foreach (int number in numbers)
        {
            try
            {
                _owner.RevokeAsync(number).GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                Fail(e);
            }
        }

        _commits.Flush(_consumer, Owns);
        foreach (int number in numbers) Forget(number);
        Volatile.Write(ref _ready, ready && _shards.Any(s => s is not null));
    }

    private void Lost(List<TopicPartitionOffset> lost)
    {
        Volatile.Write(ref _ready, false);
        int[] numbers = Owned(lost);
        if (numbers.Length > 0)
        {
            _notices.Say("lost", string.Join(',', numbers), $"kafka: the group took shards {string.Join(", ", numbers)} away before they could be given back; what they learned since their snapshots is learned again by whoever has them next, this process or another");
        }

        LoseEach(numbers);
    }

    private void LoseEach(int[] numbers)
    {
        foreach (int number in numbers)
        {
            try
            {
                _counters.Lose();
                _owner.LoseAsync(number).GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                Fail(e);
            }

            Forget(number);
        }
    }

    private void CheckTopics(int number, List<string> topics)
    {
        List<string> missing = [.. _options.Kafka.Topics.Except(topics, StringComparer.Ordinal)];
        if (missing.Count == 0) return;
        throw new SourceException($"The group gave this process partition {number} of {string.Join(", ", topics)}, but not of {string.Join(", ", missing)}. Every process of the group must have the same "
            + "Source:Kafka:Topics, and every topic the same number of partitions.");
    }

    private int[] Owned(List<TopicPartitionOffset> partitions) => [.. partitions.Select(p => p.Partition.Value).Where(Owns).Distinct().Order()];

    /// <summary>Forgets a shard. What of it is paused is not to be so when it comes back.</summary>
    private void Forget(int number)
    {
        bool[] paused = _shards[number]!.Paused;
        List<TopicPartition> partitions = [.. Enumerable.Range(0, paused.Length).Where(t => paused[t]).Select(t => new TopicPartition(_options.Kafka.Topics[t], number))];
        if (partitions.Count > 0) TryTell("resume", () => _consumer.Resume(partitions));
        foreach (TopicPartition _ in partitions) _counters.Resume();
        _paused -= partitions.Count;
        _shards[number] = null;
    }
}
