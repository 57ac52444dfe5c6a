using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest;

/// <summary>Builds the source that the options name.</summary>
public static class SourceFactory
{
    /// <summary>Whether the source has partitions that come and go, so that <see cref="CreatePartitioned"/> builds it.</summary>
    public static bool IsPartitioned(SourceOptions options) => LineOf(options).CreatePartitioned is not null;

    /// <summary>A source, not yet opened: nothing is read before <see cref="IEventSource.ReadAsync"/>.</summary>
    /// <param name="options">Valid, of a source without partitions.</param>
    /// <param name="keys">Gives ids their keys; its state belongs to the same snapshot as the source's position.</param>
    /// <exception cref="InvalidOperationException">The source has partitions.</exception>
    public static IEventSource Create(SourceOptions options, EntityKeyCodec keys) =>
        LineOf(options) is { Create: { } create } ? create(options, keys) : throw new InvalidOperationException($"The source {LineOf(options).Name} has partitions: it is no single stream.");

    /// <summary>A source with partitions, not yet connected.</summary>
    /// <param name="options">Valid, of a source with partitions.</param>
    /// <param name="kafka">What its client is told; without mistakes.</param>
    /// <param name="say">Prints a line for people; called from any thread.</param>
    /// <exception cref="InvalidOperationException">The source has no partitions.</exception>
    public static IPartitionedSource CreatePartitioned(SourceOptions options, KafkaSettings kafka, Action<string> say) =>
        LineOf(options) is { CreatePartitioned: { } create } ? create(options, kafka, say) : throw new InvalidOperationException($"The source {LineOf(options).Name} has no partitions.");

    private static SourceType LineOf(SourceOptions options) => SourceCatalogue.All.Single(s => s.Kind == options.Type);
}
