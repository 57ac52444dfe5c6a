using Streaming.Abstractions.Events;

namespace Streaming.Abstractions.Learning;

/// <summary>An item begins to be offered, or ends.</summary>
/// <param name="Time">When, microseconds since the Unix epoch.</param>
/// <param name="Item">Key of the item.</param>
public readonly record struct ItemChange(long Time, ulong Item);

/// <summary>
/// What is known of items before anybody meets them: their features, their titles, and when they may be offered. Made once (<see cref="Builder"/>), then the same for all.
/// </summary>
/// <remarks>Immutable: from any thread. No state of a snapshot: it is read anew at the start. O(1) a question; 64 bytes an item, 16 a feature, 16 each time an item comes or goes, and its title.</remarks>
public sealed class ItemCatalogue
{
    private const int ItemBytes = 64;
    private const int FeatureBytes = 16;
    private const int ChangeBytes = 16;
    private const int TitleBytes = 32;

    private readonly Dictionary<ulong, Entry> _entries;
    private readonly ulong[] _items;
    private readonly Feature[] _features;
    private readonly ItemChange[] _changes;

    private ItemCatalogue(Dictionary<ulong, Entry> entries, ulong[] items, Feature[] features, ItemChange[] changes, long titleBytes)
    {
        (_entries, _items, _features, _changes) = (entries, items, features, changes);
        Bytes = ((long)ItemBytes * entries.Count) + ((long)FeatureBytes * features.Length) + ((long)ChangeBytes * changes.Length) + titleBytes;
    }

    /// <summary>A catalogue of no items.</summary>
    public static ItemCatalogue Empty { get; } = new Builder().Build();

    /// <summary>Number of items.</summary>
    public int Count => _entries.Count;

    /// <summary>Number of features of all items.</summary>
    public long FeatureCount => _features.Length;

    /// <summary>Bytes it takes, about.</summary>
    public long Bytes { get; }

    /// <summary>Whether any item is offered for a part of the time only.</summary>
    public bool HasLives => _changes.Length > 0;

    /// <summary>Keys of the items, in the order of the file.</summary>
    public ReadOnlySpan<ulong> Items => _items;

    /// <summary>When items begin to be offered, and when they end, by time, then by key; an item that may always be offered has none.</summary>
    public ReadOnlySpan<ItemChange> Changes => _changes;

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
        private readonly List<ulong> _items = [];
        private readonly List<Feature> _features = [];
        private readonly List<ItemChange> _changes = [];
        private long _titleBytes;

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
            _items.Add(item);
            _features.AddRange(features);
            if (life.Born > long.MinValue) _changes.Add(new ItemChange(life.Born, item));
            if (life.Expires < long.MaxValue) _changes.Add(new ItemChange(life.Expires, item));
            if (title is not null) _titleBytes += TitleBytes + (2L * title.Length);
            return true;
        }

        /// <summary>The catalogue of what was taken. The builder may be used on; what it takes later is not in it.</summary>
        public ItemCatalogue Build() => new(new Dictionary<ulong, Entry>(_entries), [.. _items], [.. _features], [.. _changes.OrderBy(c => c.Time).ThenBy(c => c.Item)], _titleBytes);
    }
}
