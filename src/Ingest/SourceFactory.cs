using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest;

/// <summary>Builds the source that the options name.</summary>
public static class SourceFactory
{
    /// <summary>A source, not yet opened: nothing is read before <see cref="IEventSource.ReadAsync"/>.</summary>
    /// <param name="options">Valid.</param>
    /// <param name="keys">Gives ids their keys; its state belongs to the same snapshot as the source's position.</param>
    public static IEventSource Create(SourceOptions options, EntityKeyCodec keys) =>
        SourceCatalogue.All.Single(s => s.Kind == options.Type).Create(options, keys);
}
