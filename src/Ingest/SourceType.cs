using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest;

/// <summary>A line of the catalogue of sources: one of a single partition, or one whose partitions come and go.</summary>
/// <param name="Kind">Value of <c>Source:Type</c>.</param>
/// <param name="Name">How that is written.</param>
/// <param name="Summary">One line for <c>streaming list sources</c>.</param>
/// <param name="Create">Builds one of valid options; the codec gives ids their keys. Null for a source with partitions.</param>
/// <param name="CreatePartitioned">Builds one of valid options and settings; it says to people what they should know. Null for a source without partitions.</param>
public sealed record SourceType(
    SourceKind Kind,
    string Name,
    string Summary,
    Func<SourceOptions, EntityKeyCodec, IEventSource>? Create,
    Func<SourceOptions, KafkaSettings, Action<string>, IPartitionedSource>? CreatePartitioned = null);
