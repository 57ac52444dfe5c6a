using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Ingest.Kafka;
using Streaming.Ingest.Tests.Support;
using Streaming.Shared.Time;

namespace Streaming.Ingest.Tests.Kafka;

public class TopicMergeTests
{
    private static readonly ManualResetEventSlim Room = new();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Fact]
    public void Topics_are_merged_by_time_and_equal_times_by_topic_whatever_the_blocks() =>
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            CounterRng rng = new(seed, 1);
            int topics = 2 + (int)rng.NextBelow(3);
            ManualClock time = new();
            using ShardQueue queue = new(topics, new KafkaSourceOptions(), Room, time);
            TopicMerge merge = new(queue, Patience, time);
            List<(long Time, int Topic, int Place)> sent = [];
            List<(long Time, int Topic, int Place)>[] waiting = [.. Enumerable.Range(0, topics).Select(_ => new List<(long, int, int)>())];
            for (int topic = 0; topic < topics; topic++)
            {
                long at = 0;
                int count = 1 + (int)rng.NextBelow(1500);
                for (int i = 0; i < count; i++) waiting[topic].Add((at += (long)rng.NextBelow(3), topic, i));
                waiting[topic].Add((long.MaxValue - topics + topic, topic, count)); // holds nobody up at the end
                sent.AddRange(waiting[topic]);
            }

            List<(long, int, int)> given = [];
            while (given.Count < sent.Count)
            {
                int topic = (int)rng.NextBelow((ulong)topics), many = Math.Min(waiting[topic].Count, (int)rng.NextBelow(700));
                foreach ((long at, _, int place) in waiting[topic].Take(many)) queue.Add(topic, new RecordHeader(place, at, 4), Bytes(place));
                waiting[topic].RemoveRange(0, many);
                while (merge.Next() == MergeStep.Record)
                {
                    if (!merge.Bytes.SequenceEqual(Bytes((int)merge.Header.Offset))) return false;
                    given.Add((merge.Header.Time, merge.Topic, (int)merge.Header.Offset));
                    merge.Advance();
                    if (given.Count >= sent.Count - topics + 1) break; // beyond the first end the others hold up
                }

                if (given.Count >= sent.Count - topics + 1) break;
            }

            return given.SequenceEqual(sent.Order().Take(given.Count)) && given.Count > sent.Count - topics;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(3, 5));

    [Fact]
    public void A_silent_topic_holds_the_merge_until_its_patience_is_over_and_again_once_it_spoke()
    {
        ManualClock time = new();
        using ShardQueue queue = new(2, new KafkaSourceOptions(), Room, time);
        TopicMerge merge = new(queue, Patience, time);
        queue.Add(0, new RecordHeader(0, 10, 4), Bytes(0));
        queue.Add(0, new RecordHeader(1, 20, 4), Bytes(1));
        Assert.Equal((MergeStep.Wait, 1), (merge.Next(), merge.Topic));
        Assert.Equal(Patience, merge.Patience);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(MergeStep.Wait, merge.Next());
        Assert.Equal(TimeSpan.FromSeconds(1), merge.Patience);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((MergeStep.Idle, 1), (merge.Next(), merge.Topic));
        Assert.Equal((MergeStep.Record, 0), (merge.Next(), merge.Topic));
        merge.Advance();

        // It speaks, with an earlier time: what was given is given, from now on it counts.
        queue.Add(1, new RecordHeader(0, 5, 4), Bytes(0));
        Assert.Equal((MergeStep.Record, 1), (merge.Next(), merge.Topic));
        merge.Advance();
        Assert.Equal((MergeStep.Wait, 1), (merge.Next(), merge.Topic));
        Assert.Equal(Patience, merge.Patience);
    }

    [Fact]
    public void Nobody_is_called_silent_while_nobody_waits_for_them()
    {
        ManualClock time = new();
        using ShardQueue queue = new(2, new KafkaSourceOptions(), Room, time);
        TopicMerge merge = new(queue, Patience, time);
        time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal((MergeStep.Wait, -1), (merge.Next(), merge.Topic));
        Assert.Null(merge.Patience);
    }

    private static byte[] Bytes(int place) => Encoding.ASCII.GetBytes(place.ToString("D4", CultureInfo.InvariantCulture));
}
