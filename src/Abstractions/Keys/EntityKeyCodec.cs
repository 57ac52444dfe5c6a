using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;

namespace Streaming.Abstractions.Keys;

/// <summary>
/// Gives the ids of users and items 64-bit keys, and the keys their names back. Ids that are canonical decimals of up to 18 digits, and ids of
/// up to 7 bytes, are packed into the key and can be read from it: no two of them share a key, and no memory is spent on their names. Longer
/// ids get 62 bits of a seeded hash (two of n ids share a key with probability below n^2 / 2^63), and their names are kept in a
/// bounded dictionary; beyond its bounds the name of a new id is not kept, and it prints as <c>#</c> and its key in hexadecimal.
/// </summary>
/// <remarks>
/// The packed word is mixed by a keyed bijection (the finalizer of MurmurHash3, which is invertible), so that keys are uniformly spread whatever the
/// ids look like and their order says nothing. <see cref="TryEncode"/> has one caller at a time; <see cref="Name"/> and
/// <see cref="TryFormatName"/> may run beside it. State: the names, in order of arrival. They are only ever added to, so
/// <see cref="Freeze"/>, called where the reader of the source cuts, fixes their number, and they may be written beside the reading that goes on
/// (<see cref="ILargeState"/>).
/// </remarks>
public sealed class EntityKeyCodec : IStateful, ILargeState
{
    /// <summary>The key of no entity; no id has it.</summary>
    public const ulong None = 0;

    /// <summary>Longest id taken, in bytes.</summary>
    public const int MaxIdBytes = 256;

    private const int ShortId = 7;
    private const ulong TypeMask = 3UL << 62;
    private const ulong DecimalType = 0;
    private const ulong ShortType = 1UL << 62;
    private const ulong HashType = 2UL << 62;

    private readonly ulong _seed;
    private readonly ulong _whitening;
    private readonly int _maxNames;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<ulong, string> _names = new();
    private readonly List<ulong> _order = [];
    private readonly Lock _gate = new();
    private int _frozenNames;
    private long _frozenDropped;
    private int _deferredNames;
    private volatile bool _isDeferred;

    /// <summary>A codec with its own seed.</summary>
    /// <param name="seed">The same seed gives the same keys.</param>
    /// <param name="maxNames">Most names of long ids to keep (about 100 bytes each).</param>
    public EntityKeyCodec(ulong seed, int maxNames = 1 << 20)
    {
        _seed = seed;
        _maxNames = maxNames;
        // The two type bits of the whitening are set, which no packed word has: so no word mixes to 0, the key of nothing.
        _whitening = Mix(seed + 0x9E3779B97F4A7C15UL) | TypeMask;
    }

    /// <inheritdoc/>
    public string StateTag => "entity-names";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Singleton;

    /// <summary>How many times a long id came whose name is not kept, because the dictionary was full when it first came.</summary>
    public long NamesDropped { get; private set; }

    /// <summary>
    /// The key of an id in UTF-8. False, with the reason, if the id is empty, longer than <see cref="MaxIdBytes"/>, not UTF-8, or has control
    /// characters.
    /// </summary>
    public bool TryEncode(ReadOnlySpan<byte> id, string field, out ulong key, out DecodeError error)
    {
        error = default;
        if (TryDecimal(id, out ulong word))
        {
            key = Mix(word ^ _whitening);
            return true;
        }

        key = None;
        RejectionReason reason = Check(id);
        if (reason != RejectionReason.None)
        {
            error = new DecodeError(reason, field);
            return false;
        }

        if (id.Length <= ShortId)
        {
            word = ShortType | ((ulong)id.Length << 56);
            for (int i = 0; i < id.Length; i++) word |= (ulong)id[i] << (8 * i);
            key = Mix(word ^ _whitening);
            return true;
        }

        key = Mix((HashType | (XxHash64.Hash(id, _seed) >> 2)) ^ _whitening);
        if (_names.ContainsKey(key)) return true;
        if (_order.Count < _maxNames)
        {
            _names[key] = Encoding.UTF8.GetString(id);
            lock (_gate) _order.Add(key);
        }
        else
        {
            NamesDropped++;
        }

        return true;
    }

    /// <summary>The key of an id given as text, as <see cref="TryEncode"/>.</summary>
    /// <exception cref="ArgumentException">The id is not one that is taken.</exception>
    public ulong Encode(string id) =>
        TryEncode(Encoding.UTF8.GetBytes(id), "id", out ulong key, out DecodeError error)
            ? key
            : throw new ArgumentException($"'{id}' is no id: {error.Reason.Label()}.", nameof(id));

    /// <summary>The id that has this key; <c>#</c> and 16 hexadecimal digits where its name was not kept; null for <see cref="None"/>.</summary>
    public string? Name(ulong key)
    {
        if (key == None) return null;
        ulong word = Unmix(key) ^ _whitening;
        switch (word & TypeMask)
        {
            case DecimalType:
                return word.ToString();
            case ShortType:
                Span<byte> bytes = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, word);
                return Encoding.UTF8.GetString(bytes[..Math.Min(bytes[7] & 0x3F, ShortId)]);
            default:
                return _names.TryGetValue(key, out string? name) ? name : "#" + key.ToString("x16");
        }
    }

    /// <summary>
    /// Writes as UTF-8 what <see cref="Name"/> gives, without allocating; nothing for <see cref="None"/>. <see cref="MaxIdBytes"/> bytes always do.
    /// </summary>
    /// <param name="key">A key this codec gave out, or <see cref="None"/>.</param>
    /// <param name="utf8">Where the name goes.</param>
    /// <param name="written">Bytes written; 0 if the name does not fit.</param>
    /// <returns>Whether the name fitted.</returns>
    public bool TryFormatName(ulong key, Span<byte> utf8, out int written)
    {
        written = 0;
        if (key == None) return true;
        ulong word = Unmix(key) ^ _whitening;
        switch (word & TypeMask)
        {
            case DecimalType:
                return word.TryFormat(utf8, out written);
            case ShortType:
                Span<byte> bytes = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, word);
                bytes = bytes[..Math.Min(bytes[7] & 0x3F, ShortId)];
                if (!bytes.TryCopyTo(utf8)) return false;
                written = bytes.Length;
                return true;
            default:
                if (_names.TryGetValue(key, out string? name)) return Encoding.UTF8.TryGetBytes(name, utf8, out written);
                if (utf8.Length < 17) return false;
                utf8[0] = (byte)'#';
                _ = key.TryFormat(utf8[1..], out int digits, "x16");
                written = 1 + digits;
                return true;
        }
    }

    /// <summary>Fixes what the next <see cref="Save"/> writes: the names known now. Called on the thread that calls <see cref="TryEncode"/>.</summary>
    /// <param name="epoch">Number of the snapshot; grows.</param>
    public void Freeze(long epoch) => (_frozenNames, _frozenDropped) = (_order.Count, NamesDropped);

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Seed", (long)_seed);
        writer.Write(_frozenDropped);
        writer.WriteLarge(this);
    }

    long ILargeState.Bytes => 16L * _frozenNames;

    bool ILargeState.TryFreeze()
    {
        if (_isDeferred) return false;
        _deferredNames = _frozenNames;
        return _isDeferred = true;
    }

    void ILargeState.Write(ref StateWriter writer, bool frozen)
    {
        int names = frozen ? _deferredNames : _frozenNames;
        writer.Write(names);
        Span<ulong> keys = stackalloc ulong[256];
        for (int first = 0; first < names; first += keys.Length)
        {
            keys = keys[..Math.Min(keys.Length, names - first)];
            lock (_gate) System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_order).Slice(first, keys.Length).CopyTo(keys);
            foreach (ulong key in keys) writer.WriteText(_names[key]);
        }
    }

    void ILargeState.Release() => _isDeferred = false;

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Seed", (long)_seed);
        long dropped = reader.ReadCount();
        _names.Clear();
        _order.Clear();
        int count = reader.ReadLength(int.MaxValue);
        if (count > _maxNames) throw new StateMismatchException($"The snapshot holds {count} names; the configuration allows {_maxNames}.");
        for (int i = 0; i < count; i++)
        {
            byte[] id = reader.ReadArray<byte>(MaxIdBytes);
            if (TryEncode(id, "id", out _, out DecodeError error) && _order.Count == i + 1) continue;
            string mistake = error.Reason == RejectionReason.None ? "short or there twice" : error.Reason.Label();
            throw new StateMismatchException($"Name {i} of the snapshot is {mistake}.");
        }

        NamesDropped = dropped;
        Freeze(0);
    }

    private static bool TryDecimal(ReadOnlySpan<byte> id, out ulong value)
    {
        value = 0;
        if ((uint)(id.Length - 1) >= 18 || (id[0] == (byte)'0' && id.Length > 1)) return false;
        foreach (byte b in id)
        {
            uint digit = (uint)b - '0';
            if (digit > 9) return false;
            value = (value * 10) + digit;
        }

        return true;
    }

    private static RejectionReason Check(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty) return RejectionReason.MissingField;
        if (id.Length > MaxIdBytes) return RejectionReason.BadId;
        if (id.ContainsAnyInRange((byte)0, (byte)0x1F) || id.Contains((byte)0x7F)) return RejectionReason.BadId;
        return Utf8.IsValid(id) ? RejectionReason.None : RejectionReason.InvalidUtf8;
    }

    private static ulong Mix(ulong x)
    {
        x ^= x >> 33;
        x *= 0xFF51AFD7ED558CCDUL;
        x ^= x >> 33;
        x *= 0xC4CEB9FE1A85EC53UL;
        return x ^ (x >> 33);
    }

    private static ulong Unmix(ulong x)
    {
        x ^= x >> 33;
        x *= 0x9CB4B2F8129337DBUL; // inverse of 0xC4CEB9FE1A85EC53 modulo 2^64
        x ^= x >> 33;
        x *= 0x4F74430C22A54005UL; // inverse of 0xFF51AFD7ED558CCD modulo 2^64
        return x ^ (x >> 33);
    }
}
