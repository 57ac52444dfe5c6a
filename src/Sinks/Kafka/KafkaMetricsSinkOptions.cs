using System.ComponentModel.DataAnnotations;

namespace Streaming.Sinks.Kafka;

/// <summary>Options of the <c>kafka-metrics</c> sink.</summary>
public sealed class KafkaMetricsSinkOptions : KafkaSinkOptions
{
    /// <summary>Records between two messages, from 1; default 10,000. Fewer give a finer picture and cost a report of every stage each time.</summary>
    [Range(1, long.MaxValue)]
    public long Every { get; set; } = 10_000;
}
