using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Signatures of sets that grow, one a row, and buckets of rows that agree in all hashes of a band (Broder 1997, "On the resemblance and containment of
/// documents"; bands as
/// in Leskovec, Rajaraman, Ullman 2014, "Mining of massive datasets", section 3.4). Of each hash function the largest value of the members is kept: two sets
/// have the
/// same with probability J, their Jaccard similarity, so that the share of equal values estimates J, and is off by more than e with probability at most 2
/// exp(-2 e^2 hashes) (Hoeffding).
/// </summary>
/// <remarks>
/// Hashes have 32 bits, which adds 2^-32 to the probability. A member costs O(hashes). 4 bytes for each hash and 8 for each band of a row, and 4 to 8 for each
/// band's bucket. Touches the rows it changes: that of
/// the set and those before and after it in buckets. State: by row the hashes, and for each band the rows after and before it.
/// </remarks>
internal sealed unsafe class MinHashBuckets : IEntityColumn
{
    private readonly EntityTable _entities;
    private readonly ulong _seed;
    private readonly int _bands;
    private readonly int _bandHashes;
    private readonly int _buckets;
    private readonly NativeBuffer<uint> _signatures;
    private readonly NativeBuffer<int> _after; // rows plus one, 0 for none: a row that was never used is in no bucket
    private readonly NativeBuffer<int> _before;
    private readonly NativeBuffer<int> _first; // by band and bucket, likewise
    private readonly MemoryColumn[] _columns;

    /// <summary>Empty sets.</summary>
    /// <param name="entities">Whose they are.</param>
    /// <param name="bands">Bands of a signature.</param>
    /// <param name="bandHashes">Hashes of a band.</param>
    /// <param name="seed">Of the hashes.</param>
    public MinHashBuckets(EntityTable entities, int bands, int bandHashes, ulong seed)
    {
        (_entities, _bands, _bandHashes, _seed, _buckets) = (entities, bands, bandHashes, seed, Buckets(entities.Capacity));
        _signatures = new NativeBuffer<uint>((long)entities.Capacity * Hashes);
        _after = new NativeBuffer<int>((long)entities.Capacity * bands);
        _before = new NativeBuffer<int>((long)entities.Capacity * bands);
        _first = new NativeBuffer<int>((long)_buckets * bands);
        _columns =
        [
            entities.Pages.Add(new MemoryColumn(_signatures.Pointer, Hashes * sizeof(uint))),
            entities.Pages.Add(new MemoryColumn(_after.Pointer, bands * sizeof(int))),
            entities.Pages.Add(new MemoryColumn(_before.Pointer, bands * sizeof(int))),
        ];
    }

    /// <inheritdoc/>
    public int RowBytes => BytesOf(_bands, _bandHashes);

    /// <summary>Hashes of a signature.</summary>
    public int Hashes => _bands * _bandHashes;

    /// <summary>Bytes of a row.</summary>
    public static int BytesOf(int bands, int bandHashes) => (bands * bandHashes * sizeof(uint)) + (2 * bands * sizeof(int));

    /// <summary>Bytes of the buckets of so many rows.</summary>
    public static long BytesFor(int capacity, int bands) => (long)Buckets(capacity) * bands * sizeof(int);

    /// <summary>Adds a member to a row's set.</summary>
    public void Add(int row, ulong member)
    {
        _entities.Pages.Touch(row);
        CounterRng rng = new(_seed, member);
        uint* signature = Signature(row);
        uint* hashes = stackalloc uint[_bandHashes];
        bool isNew = signature[0] == 0;
        for (int band = 0; band < _bands; band++, signature += _bandHashes)
        {
            bool changes = false;
            for (int i = 0; i < _bandHashes; i++)
            {
                hashes[i] = (uint)(rng.NextBits() >> 32) | 1; // 0 is the empty set's
                changes |= hashes[i] > signature[i];
            }

            if (!changes) continue;
            if (!isNew) Unlink(row, band);
            for (int i = 0; i < _bandHashes; i++) signature[i] = Math.Max(signature[i], hashes[i]);
            Link(row, band);
        }
    }

    /// <summary>The row that came last into the bucket of <paramref name="row"/> in a band; -1 if there is none.</summary>
    public int First(int row, int band) => *Head(row, band) - 1;

    /// <summary>The row that came into a bucket before this one did; -1 if there is none.</summary>
    public int Next(int row, int band) => _after.Pointer[((long)row * _bands) + band] - 1;

    /// <summary>Whether two rows agree in all hashes of a band: rows of a bucket may not.</summary>
    public bool Agree(int row, int other, int band) =>
        new ReadOnlySpan<uint>(Signature(row) + (band * _bandHashes), _bandHashes).SequenceEqual(new ReadOnlySpan<uint>(Signature(other) + (band * _bandHashes), _bandHashes));

    /// <summary>Estimated Jaccard similarity of two rows' sets: the share of hashes in which they agree.</summary>
    public double Similarity(int row, int other)
    {
        uint* a = Signature(row), b = Signature(other);
        int equal = 0;
        for (int i = 0; i < Hashes; i++)
        {
            if (a[i] == b[i]) equal++;
        }

        return (double)equal / Hashes;
    }

    /// <inheritdoc/>
    public void Clear(int row)
    {
        if (*Signature(row) == 0) return;
        for (int band = 0; band < _bands; band++) Unlink(row, band);
        new Span<uint>(Signature(row), Hashes).Clear();
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, RowPages pages, int rows, bool frozen)
    {
        foreach (MemoryColumn column in _columns) pages.Write(ref writer, column, rows, frozen);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int rows)
    {
        for (int row = 0; row < rows; row++) reader.ReadRaw(new Span<uint>(Signature(row), Hashes));
        foreach (NativeBuffer<int> links in (ReadOnlySpan<NativeBuffer<int>>)[_after, _before])
        {
            for (long i = 0; i < (long)rows * _bands; i++)
            {
                int other = reader.Read<int>();
                links.Pointer[i] = (uint)other <= (uint)rows ? other : throw new StateMismatchException($"The snapshot has row {other} in a bucket; {rows} are known.");
            }
        }

        for (int row = 0; row < rows; row++)
        {
            for (int band = 0; band < _bands && *Signature(row) != 0; band++)
            {
                if (_before.Pointer[((long)row * _bands) + band] == 0) *Head(row, band) = row + 1;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _signatures.Dispose();
        _after.Dispose();
        _before.Dispose();
        _first.Dispose();
    }

    private static int Buckets(int capacity) => (int)Math.Min(1u << 26, BitOperations.RoundUpToPowerOf2((uint)capacity));

    private uint* Signature(int row) => _signatures.Pointer + ((long)row * Hashes);

    private int* Head(int row, int band)
    {
        uint* hashes = Signature(row) + (band * _bandHashes);
        ulong key = 0;
        for (int i = 0; i < _bandHashes; i++) key = (key ^ hashes[i]) * 0x9E3779B97F4A7C15UL;
        return _first.Pointer + ((long)band * _buckets) + (long)((key >> 32) & (ulong)(_buckets - 1));
    }

    private void Link(int row, int band)
    {
        int* head = Head(row, band);
        long place = ((long)row * _bands) + band;
        (_after.Pointer[place], _before.Pointer[place]) = (*head, 0);
        if (*head > 0)
        {
            _entities.Pages.Touch(*head - 1);
            _before.Pointer[((*head - 1L) * _bands) + band] = row + 1;
        }

        *head = row + 1;
    }

    private void Unlink(int row, int band)
    {
        long place = ((long)row * _bands) + band;
        int after = _after.Pointer[place], before = _before.Pointer[place];
        if (after > 0)
        {
            _entities.Pages.Touch(after - 1);
            _before.Pointer[((after - 1L) * _bands) + band] = before;
        }

        if (before > 0)
        {
            _entities.Pages.Touch(before - 1);
            _after.Pointer[((before - 1L) * _bands) + band] = after;
        }
        else
        {
            *Head(row, band) = after;
        }

        (_after.Pointer[place], _before.Pointer[place]) = (0, 0);
    }
}
