using System.ComponentModel.DataAnnotations;
using Streaming.Ingest.Joining;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// What of Kafka is read, for <c>Type=kafka</c>. How the client reaches it is under the root <c>Kafka</c>, in the client's own settings (<see cref="ConsumerSettings"/>).
/// </summary>
public sealed class KafkaSourceOptions
{
    /// <summary>
    /// Topics, 1 to 32 names; each partition number is a shard. Of several topics, which must have the same number of partitions, a shard merges the partitions of its number by
    /// the records' times. Default: none, and at least one is needed. Their order is part of what a snapshot belongs to.
    /// </summary>
    public List<string> Topics { get; set; } = [];

    /// <summary>
    /// Where a shard without a snapshot begins: <c>earliest</c> (default) or <c>latest</c>. It becomes an offset at once, and is never asked again: offsets that are gone end the run.
    /// </summary>
    public KafkaStart Start { get; set; }

    /// <summary>
    /// Seconds a topic among several must be silent before the merge goes on without it, 0.001 to 86,400; default 5. More keeps the order of time over longer pauses, and
    /// delays the other topics longer while one is silent.
    /// </summary>
    [Range(0.001, 86_400.0)]
    public double IdleSeconds { get; set; } = 5;

    /// <summary>
    /// Records of a shard that are fetched and wait, 1 to 10,000,000; default 20,000. With more of them its partitions are paused, and resumed at half; the group is not left.
    /// More evens out bursts and takes more memory.
    /// </summary>
    [Range(1, 10_000_000)]
    public int QueueRecords { get; set; } = 20_000;

    /// <summary>
    /// Bytes of a shard's records that are fetched and wait, 64 KiB to 1 TiB; default 16 MiB. As <see cref="QueueRecords"/>; the client's own buffer
    /// (<c>Kafka:Consumer:queued.max.messages.kbytes</c>) comes on top, once a process.
    /// </summary>
    [Range(64L << 10, 1L << 40)]
    public long QueueBytes { get; set; } = 16L << 20;

    /// <summary>Seconds within which a broker must answer at the start, 1 to 3,600; default 30. Then the run ends; a broker that is lost later is waited for without end.</summary>
    [Range(1, 3600)]
    public int ConnectSeconds { get; set; } = 30;

    /// <summary>Rules that the annotations cannot say, for a source of this type: the option's path below the source, and what was found and is allowed.</summary>
    internal IEnumerable<(string Option, string Message)> Validate()
    {
        const string Option = "Kafka:" + nameof(Topics);
        if (Topics.Count is 0 or > EventBytes.MaxTopics) yield return (Option, $"found {Topics.Count} topics; 1 to {EventBytes.MaxTopics} are needed");
        foreach (string topic in Topics.Where(t => !IsName(t))) yield return (Option, $"found '{topic}'; a topic is named by 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'");
        foreach (string topic in Topics.GroupBy(t => t, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key)) yield return (Option, $"found '{topic}' more than once");
    }

    private static bool IsName(string topic) => topic.Length is > 0 and <= 249 && topic is not ("." or "..") && topic.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
