using Streaming.Abstractions.Events;

namespace Streaming.Abstractions.Learning;

/// <summary>
/// What is known of items before anybody meets them: their features, their titles, and when they may be offered. Made once (<see cref="Builder"/>), then the same for all.
/// </summary>
/// <remarks>Immutable: from any thread. No state of a snapshot: it is read anew at the start. O(1) a question; 56 bytes an item, 16 a feature, and its title.</remarks>
public sealed class ItemCatalogue
{
    private const int ItemBytes = 56;
    private const int FeatureBytes = 16;
    private const int TitleBytes = 32;

    private readonly Dictionary<ulong, Entry> _entries;
    private readonly Feature[] _features;

    private ItemCatalogue(Dictionary<ulong, Entry> entries, Feature[] features, long titleBytes)
    {
        (_entries, _features) = (entries, features);
        Bytes = ((long)ItemBytes * entries.Count) + ((long)FeatureBytes * features.Length) + titleBytes;
    }

    /// <summary>A catalogue of no items.</summary>
    public static ItemCatalogue Empty { get; } = new Builder().Build();

    /// <summary>Number of items.</summary>
    public int Count => _entries.Count;

    /// <summary>Bytes it takes, about.</summary>
    public long Bytes { get; }

    /// <summary>Whether any item is offered for a part of the time only.</summary>
    public bool HasLives { get; private init; }

    /// <summary>Whether the item is listed.</summary>
    public bool Contains(ulong item) => _entries.ContainsKey(item);

    /// <summary>The item's features, in the order of the file; empty for an item that is not listed.</summary>
    public ReadOnlySpan<Feature> Features(ulong item) => _entries.TryGetValue(item, out Entry entry) ? _features.AsSpan(entry.First, entry.Length) : default;

    /// <summary>What people call the item; null if that is not known.</summary>
    public string? Title(ulong item) => _entries.TryGetValue(item, out Entry entry) ? entry.Title : null;

    /// <summary>When the item may be offered; always, for an item that is not listed.</summary>
    public ItemLife Life(ulong item) => _entries.TryGetValue(item, out Entry entry) ? entry.Life : ItemLife.Always;

    private readonly record struct Entry(int First, int Length, ItemLife Life, string? Title);

    /// <summary>Collects the items of a catalogue.</summary>
    public sealed class Builder
    {
        private readonly Dictionary<ulong, Entry> _entries = [];
        private readonly List<Feature> _features = [];
        private long _titleBytes;
        private bool _hasLives;

        /// <summary>Items collected.</summary>
        public int Count => _entries.Count;

        /// <summary>Takes an item; false, and nothing is changed, if there is one of this key already.</summary>
        /// <param name="item">Key of the item, not 0.</param>
        /// <param name="features">Its features.</param>
        /// <param name="life">When it may be offered.</param>
        /// <param name="title">What people call it; null if that is not known.</param>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="item"/> is 0.</exception>
        public bool TryAdd(ulong item, ReadOnlySpan<Feature> features, ItemLife life, string? title)
        {
            ArgumentOutOfRangeException.ThrowIfZero(item);
            if (!_entries.TryAdd(item, new Entry(_features.Count, features.Length, life, title))) return false;
            _features.AddRange(features);
            _hasLives |= life != ItemLife.Always;
            if (title is not null) _titleBytes += TitleBytes + (2L * title.Length);
            return true;
        }

        /// <summary>The catalogue of what was taken. The builder may be used on; what it takes later is not in it.</summary>
        public ItemCatalogue Build() => new(new Dictionary<ulong, Entry>(_entries), [.. _features], _titleBytes) { HasLives = _hasLives };
    }
}
