using System.Text;
using Confluent.Kafka;

namespace Streaming.Sinks.Kafka;

/// <summary>
/// The headers that say what a message is about, so that a consumer can drop what it has seen: <c>source</c>, <c>topic</c> (of the source; only where it has topics),
/// <c>partition</c> and <c>offset</c>, and those that a sink adds. UTF-8, numbers in decimal.
/// </summary>
/// <remarks>One set, filled anew for each message. One caller at a time.</remarks>
internal sealed class PlaceHeaders
{
    private readonly TextHeader? _topic;
    private readonly NumberHeader _partition = new("partition");
    private readonly NumberHeader _offset = new("offset");
    private readonly byte[][] _topics;

    /// <summary>Headers for one sink.</summary>
    /// <param name="binding">Names the source and its topics.</param>
    /// <param name="more">What the sink adds, in this order.</param>
    public PlaceHeaders(SinkBinding binding, params ReadOnlySpan<IHeader> more)
    {
        _topics = [.. binding.Topics.Select(Encoding.UTF8.GetBytes)];
        TextHeader source = new("source");
        source.Set(Encoding.UTF8.GetBytes(binding.Source));
        All.Add(source);
        if (_topics.Length > 0) All.Add(_topic = new TextHeader("topic"));
        All.Add(_partition);
        All.Add(_offset);
        foreach (IHeader header in more) All.Add(header);
    }

    /// <summary>All of them.</summary>
    public Headers All { get; } = [];

    /// <summary>Says where the record of the next message is.</summary>
    public void Set(int topic, int partition, long offset)
    {
        _topic?.Set(_topics[topic]);
        _partition.Set(partition);
        _offset.Set(offset);
    }
}
