using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Items;

/// <summary>
/// A format whose records describe items: each becomes one event that names the item and has its features. What an event has no place for is said beside it, of the record that was
/// decoded last.
/// </summary>
/// <remarks>One caller at a time.</remarks>
internal interface IItemFormat : IEventFormat
{
    /// <summary>When the item may be offered.</summary>
    ItemLife Life { get; }

    /// <summary>What people call the item; null if the record does not say.</summary>
    string? Title { get; }
}
