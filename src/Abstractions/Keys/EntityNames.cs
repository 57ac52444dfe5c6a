using System.Collections.Concurrent;
using System.Text;
using Streaming.Abstractions.State;

namespace Streaming.Abstractions.Keys;

/// <summary>
/// Names of entities by key, up to a bound, each with a place: 0, 1, 2, ... in the order in which they come. A name that is erased leaves its place to the next new one, the
/// lowest first.
/// </summary>
/// <remarks>
/// Names are added and erased by one caller at a time; <see cref="TryGet"/> may run beside that. O(1), O(log of the free places) where there are any. State:
/// by place the names, empty where one was erased. It may be written beside the changes that go on: what a change takes away from it is put aside until it is written.
/// </remarks>
/// <param name="capacity">Most names.</param>
internal sealed class EntityNames(int capacity) : ILargeState
{
    private readonly ConcurrentDictionary<ulong, Named> _names = new();
    private readonly ConcurrentDictionary<ulong, Leaving> _leaving = new();
    private readonly List<ulong> _keys = []; // by place; 0 where a name was erased
    private readonly PriorityQueue<int, int> _free = new();
    private readonly Dictionary<int, string> _aside = [];
    private readonly Lock _gate = new();
    private int _fixed;
    private int _frozen;
    private volatile bool _isFrozen;

    /// <inheritdoc/>
    public long Bytes => 16L * _fixed;

    /// <summary>The name of a key, also where it is erased and readers may still see it; false if it has none.</summary>
    public bool TryGet(ulong key, out string name)
    {
        bool found = _names.TryGetValue(key, out Named named);
        name = named.Name;
        return found || (_leaving.TryGetValue(key, out Leaving leaving) && leaving.IsPrinted && TryGetLeaving(key, out name));
    }

    /// <summary>The name of a key that readers may still see (<see cref="Show"/>), to be printed or not; false if it has none.</summary>
    public bool TryGetLeaving(ulong key, out string name)
    {
        bool found = _leaving.TryGetValue(key, out Leaving leaving);
        name = leaving.Name;
        return found;
    }

    /// <summary>Whether a key has a name.</summary>
    public bool Contains(ulong key) => _names.ContainsKey(key);

    /// <summary>Keeps the name, in UTF-8, of a key that has none; false if there is no room.</summary>
    public bool TryAdd(ulong key, ReadOnlySpan<byte> utf8)
    {
        if (_free.Count == 0 && _keys.Count >= capacity) return false;
        if (!_free.TryDequeue(out int place, out _))
        {
            Append(key, utf8);
            return true;
        }

        lock (_gate)
        {
            PutAside(place, string.Empty);
            _keys[place] = key;
            _names[key] = new Named(Encoding.UTF8.GetString(utf8), place);
        }

        return true;
    }

    /// <summary>Takes the name of a key away, if it has one.</summary>
    public void Erase(ulong key)
    {
        lock (_gate)
        {
            if (!_names.TryRemove(key, out Named named)) return;
            PutAside(named.Place, named.Name);
            _keys[named.Place] = 0;
            _free.Enqueue(named.Place, named.Place);
        }
    }

    /// <summary>Lets readers see the name of a key without a place, until as many calls of <see cref="Hide"/>; those that print only if it was printed before.</summary>
    public void Show(ulong key, string name, bool isPrinted)
    {
        lock (_gate) _leaving[key] = new Leaving(name, _leaving.TryGetValue(key, out Leaving before) ? before.Times + 1 : 1, isPrinted);
    }

    /// <summary>Takes one call of <see cref="Show"/> back. From any thread.</summary>
    public void Hide(ulong key)
    {
        lock (_gate)
        {
            if (!_leaving.TryGetValue(key, out Leaving leaving)) return;
            if (leaving.Times > 1) _leaving[key] = leaving with { Times = leaving.Times - 1 };
            else _leaving.TryRemove(key, out _);
        }
    }

    /// <summary>Keeps the name, in UTF-8, of a key that has none after the last place, free ones or not.</summary>
    public void Append(ulong key, ReadOnlySpan<byte> utf8)
    {
        lock (_gate)
        {
            _names[key] = new Named(Encoding.UTF8.GetString(utf8), _keys.Count);
            _keys.Add(key);
        }
    }

    /// <summary>Leaves a place free after the last one.</summary>
    public void Skip()
    {
        _free.Enqueue(_keys.Count, _keys.Count);
        _keys.Add(0);
    }

    /// <summary>Takes all names away.</summary>
    public void Clear()
    {
        _names.Clear();
        _keys.Clear();
        _free.Clear();
    }

    /// <summary>Fixes how many places are written.</summary>
    public void Fix() => _fixed = _keys.Count;

    /// <inheritdoc/>
    public bool TryFreeze()
    {
        if (_isFrozen) return false;
        _frozen = _fixed;
        return _isFrozen = true;
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        int places = frozen ? _frozen : _fixed;
        writer.Write(places);
        string[] names = new string[Math.Min(256, places)];
        for (int first = 0; first < places; first += names.Length)
        {
            int count = Math.Min(names.Length, places - first);
            lock (_gate)
            {
                for (int i = 0; i < count; i++) names[i] = At(first + i, frozen);
            }

            for (int i = 0; i < count; i++) writer.WriteText(names[i]);
        }
    }

    /// <inheritdoc/>
    public void Release()
    {
        lock (_gate) _aside.Clear();
        _isFrozen = false;
    }

    private string At(int place, bool frozen)
    {
        if (frozen && _aside.TryGetValue(place, out string? was)) return was;
        return _keys[place] == 0 ? string.Empty : _names[_keys[place]].Name;
    }

    private void PutAside(int place, string name)
    {
        if (_isFrozen && place < _frozen) _aside.TryAdd(place, name);
    }

    private readonly record struct Named(string Name, int Place);

    private readonly record struct Leaving(string Name, int Times, bool IsPrinted);
}
