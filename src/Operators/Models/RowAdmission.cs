using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;
using Streaming.Operators.Sketches;

namespace Streaming.Operators.Models;

/// <summary>
/// Says under which key an entity is learned: its own, once it came often enough lately (<see cref="TinyLfu"/>) or has a row, and until then that of a bucket it shares with others by its hash (Weinberger et
/// al. 2009, "Feature hashing for large scale multitask learning"). Buckets are entities of the table like others, with the last keys there are; no id has one but by a chance of 2^-48.
/// </summary>
/// <remarks>One caller at a time. State: the options as shape, then the sketch's.</remarks>
internal sealed class RowAdmission : IDisposable
{
    /// <summary>Most buckets.</summary>
    public const int MaxSharedRows = 1 << 16;

    private readonly EntityTable _entities;
    private readonly AdmissionOptions _options;
    private readonly TinyLfu _sightings;

    /// <summary>Admission to the rows of <paramref name="entities"/>.</summary>
    public RowAdmission(EntityTable entities, AdmissionOptions options, ulong seed) =>
        (_entities, _options, _sightings) = (entities, options, new TinyLfu(options.Counters, seed));

    /// <summary>Events that were learned by a shared row.</summary>
    public long Shared { get; private set; }

    /// <summary>Most bytes beside the table's.</summary>
    public static long BytesFor(AdmissionOptions options) => options.Waits ? TinyLfu.BytesFor(options.Counters) : 0;

    /// <summary>Whether a key is a bucket's.</summary>
    public static bool IsBucket(ulong key) => key > ulong.MaxValue - MaxSharedRows;

    /// <summary>The bucket of a key among so many.</summary>
    public static ulong BucketOf(ulong key, int buckets) => ulong.MaxValue - (ulong)(((UInt128)(key * 0x9E3779B97F4A7C15UL) * (ulong)buckets) >> 64);

    /// <summary>The key under which an event of <paramref name="key"/> is learned, which counts as a sighting.</summary>
    public ulong Sight(ulong key)
    {
        if (_entities.Find(key) >= 0 || _sightings.Add(key) >= _options.After) return key;
        Shared++;
        return BucketOf(key, _options.SharedRows);
    }

    /// <summary>The row by which an entity is scored: its own or its bucket's; -1 if there is neither.</summary>
    public int RowOf(ulong key)
    {
        int row = _entities.Find(key);
        return row >= 0 ? row : _entities.Find(BucketOf(key, _options.SharedRows));
    }

    /// <summary>Buckets that have a row. O(buckets).</summary>
    public int Buckets
    {
        get
        {
            int buckets = 0;
            for (int b = 0; b < _options.SharedRows; b++)
            {
                if (_entities.Find(ulong.MaxValue - (ulong)b) >= 0) buckets++;
            }

            return buckets;
        }
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Admission:After", _options.After);
        writer.Shape("Admission:SharedRows", _options.SharedRows);
        writer.Write(Shared);
        _sightings.Save(ref writer);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("Admission:After", _options.After);
        reader.Shape("Admission:SharedRows", _options.SharedRows);
        Shared = reader.ReadCount();
        _sightings.Restore(ref reader);
    }

    /// <inheritdoc/>
    public void Dispose() => _sightings.Dispose();
}
