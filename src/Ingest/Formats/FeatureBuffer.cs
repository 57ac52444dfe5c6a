using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Features of a context that is scattered over its record, held until they can lie side by side. Grows by doubling up to
/// <see cref="DecisionLimits.MaxFeatures"/>, which its user sees to, and keeps its memory.
/// </summary>
internal sealed class FeatureBuffer
{
    private Feature[] _features = new Feature[64];

    /// <summary>Features held.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets every feature.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a feature.</summary>
    public void Add(Feature feature)
    {
        if (Count == _features.Length) Array.Resize(ref _features, 2 * Count);
        _features[Count++] = feature;
    }

    /// <summary>Writes the features and says where they lie.</summary>
    public ArenaSpan Flush(ref EventWriter writer)
    {
        int mark = writer.FeatureMark;
        foreach (Feature feature in _features.AsSpan(0, Count)) writer.AddFeature(feature);
        return writer.FeaturesSince(mark);
    }
}
