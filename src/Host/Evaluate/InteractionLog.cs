using System.Runtime.InteropServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;

namespace Streaming.Host.Evaluate;

/// <summary>An interaction of the log.</summary>
/// <param name="Number">Its number in the stream.</param>
/// <param name="User">Key of the user.</param>
/// <param name="Item">Key of the item.</param>
/// <param name="Value">Its value; NaN where it has none.</param>
/// <param name="Time">Event time, microseconds since the Unix epoch.</param>
/// <param name="Weight">Its importance.</param>
/// <param name="FirstFeature">Where its features begin among those of all.</param>
/// <param name="Features">How many they are.</param>
internal readonly record struct Interaction(long Number, ulong User, ulong Item, double Value, long Time, float Weight, int FirstFeature, int Features);

/// <summary>The interactions of a stream, in its order, in memory: 56 bytes each and 16 a feature.</summary>
internal sealed class InteractionLog
{
    private readonly List<Interaction> _events = [];
    private readonly List<Feature> _features = [];

    /// <summary>The interactions.</summary>
    public IReadOnlyList<Interaction> Events => _events;

    /// <summary>Takes the interactions of a batch that name a user and an item.</summary>
    public void Add(EventBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            ref readonly Event e = ref batch.Events[i];
            if (e.Kind != EventKind.Interaction || e.User == EntityKeyCodec.None || e.Item == EntityKeyCodec.None) continue;
            int first = _features.Count;
            if (!e.Features.IsEmpty) _features.AddRange(batch.Features[e.Features]);
            _events.Add(new Interaction(batch.FirstOrdinal + i, e.User, e.Item, e.Value, e.Time, e.Weight, first, _features.Count - first));
        }
    }

    /// <summary>What a model sees of an interaction. Valid until the next call of <see cref="Add"/>.</summary>
    public Example ExampleOf(in Interaction e) => new()
    {
        User = e.User,
        Item = e.Item,
        Value = e.Value,
        Time = e.Time,
        Weight = e.Weight,
        Features = CollectionsMarshal.AsSpan(_features).Slice(e.FirstFeature, e.Features),
    };
}
