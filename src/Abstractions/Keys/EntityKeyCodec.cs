using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;

namespace Streaming.Abstractions.Keys;

/// <summary>
/// Gives the ids of users and items 64-bit keys, and the keys their names back. Ids that are canonical decimals of up to 18 digits, and ids of
/// up to 7 bytes, are packed into the key and can be read from it: no two of them share a key, and no memory is spent on their names. Longer
/// ids get 62 bits of a seeded hash (two of n ids share a key with probability below n^2 / 2^63), and their names are kept in a
/// bounded dictionary; beyond its bounds the name of a new id is not kept, and it prints as <c>#</c> and its key in hexadecimal. With a secret, every key is the
/// first 64 bits of HMAC-SHA256 (RFC 2104, FIPS 198-1) of the id, which prints as their 16 hexadecimal digits, and no name is kept.
/// </summary>
/// <remarks>
/// The packed word is mixed by a keyed bijection (the finalizer of MurmurHash3, which is invertible), so that keys are uniformly spread whatever the
/// ids look like and their order says nothing. <see cref="TryEncode"/> has one caller at a time; <see cref="Name"/> and
/// <see cref="TryFormatName"/> may run beside it. State: the names, in order of arrival (<see cref="EntityNames"/>). <see cref="Freeze"/>, called where the reader of the
/// source cuts, fixes their number, and they may be written beside the reading that goes on (<see cref="ILargeState"/>). Of a secret the state has a mark, by which another is refused.
/// </remarks>
public sealed class EntityKeyCodec : IStateful
{
    /// <summary>The key of no entity; no id has it.</summary>
    public const ulong None = 0;

    /// <summary>Longest id taken, in bytes.</summary>
    public const int MaxIdBytes = 256;

    private const int ShortId = 7;
    private const string SecretOption = "Privacy:Key, by its mark";
    private const ulong TypeMask = 3UL << 62;
    private const ulong DecimalType = 0;
    private const ulong ShortType = 1UL << 62;
    private const ulong HashType = 2UL << 62;

    private readonly ulong _seed;
    private readonly ulong _whitening;
    private readonly int _maxNames;
    private readonly byte[]? _secret;
    private readonly EntityNames _names;
    private readonly HashSet<ulong> _withheld = [];
    private (ulong Key, string Name) _lastWithheld;
    private long _frozenDropped;

    /// <summary>A codec with its own seed.</summary>
    /// <param name="seed">The same seed gives the same keys, unless there is a secret.</param>
    /// <param name="maxNames">Most names of long ids to keep (about 100 bytes each).</param>
    /// <param name="secret">Hashes every id, and keeps no name; null for none.</param>
    public EntityKeyCodec(ulong seed, int maxNames = 1 << 20, byte[]? secret = null)
    {
        (_seed, _maxNames, _secret, _names) = (seed, maxNames, secret, new EntityNames(maxNames));
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

    /// <summary>Whether keys are hashes of ids with a secret, from which nobody without it can tell the ids.</summary>
    public bool HashesIds => _secret is not null;

    /// <summary>
    /// The key of an id in UTF-8. False, with the reason, if the id is empty, longer than <see cref="MaxIdBytes"/>, not UTF-8, or has control
    /// characters.
    /// </summary>
    public bool TryEncode(ReadOnlySpan<byte> id, string field, out ulong key, out DecodeError error)
    {
        if (!TryKey(id, field, out key, out error, out bool isLong)) return false;
        if (!isLong || _names.Contains(key)) return true;
        if (_withheld.Contains(key)) _lastWithheld = (key, Encoding.UTF8.GetString(id));
        else if (!_names.TryAdd(key, id)) NamesDropped++;
        return true;
    }

    /// <summary>The key of an id, whose name is not kept for that; <see cref="None"/> if it is no id that is taken.</summary>
    public ulong KeyOf(string id) => TryKey(Encoding.UTF8.GetBytes(id), string.Empty, out ulong key, out _, out _) ? key : None;

    /// <summary>
    /// Erases the name of a key, if one is kept or has come last: the next snapshot does not have it. What came before is still on its way to those who print it, so they see the name until
    /// <see cref="Vanish"/>; then it prints as <c>#</c> and its key, unless the id comes again. The caller of <see cref="TryEncode"/>.
    /// </summary>
    public void Forget(ulong key)
    {
        if (_names.TryGet(key, out string name)) _names.Show(key, name, isPrinted: true);
        else if (_lastWithheld.Key == key && key != None) _names.Show(key, _lastWithheld.Name, isPrinted: false);
        _names.Erase(key);
    }

    /// <summary>
    /// What to erase elsewhere of a key while it is forgotten (<see cref="Forget"/>): its <see cref="Name"/>, also where that is withheld. From any thread.
    /// </summary>
    public string? NameToErase(ulong key) => _names.TryGetLeaving(key, out string name) ? name : Name(key);

    /// <summary>Takes the name of a forgotten key from those who print, too; once for each <see cref="Forget"/>. From any thread.</summary>
    public void Vanish(ulong key) => _names.Hide(key);

    /// <summary>Erases the name of a key, and never keeps it again. Which names are withheld is no state. The caller of <see cref="TryEncode"/>.</summary>
    public void Withhold(ulong key)
    {
        _withheld.Add(key);
        _names.Erase(key);
    }

    /// <summary>The first 64 bits of the keyed hash of any bytes, big-endian. Linear in their number.</summary>
    /// <exception cref="InvalidOperationException">The codec has no secret.</exception>
    public ulong HashOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret ?? throw new InvalidOperationException("The codec has no secret."), bytes, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    /// <summary>The key of an id given as text, as <see cref="TryEncode"/>.</summary>
    /// <exception cref="ArgumentException">The id is not one that is taken.</exception>
    public ulong Encode(string id) =>
        TryEncode(Encoding.UTF8.GetBytes(id), "id", out ulong key, out DecodeError error)
            ? key
            : throw new ArgumentException($"'{id}' is no id: {error.Reason.Label()}.", nameof(id));

    /// <summary>
    /// The id that has this key; <c>#</c> and 16 hexadecimal digits where its name was not kept, the digits alone where ids are hashed; null for <see cref="None"/>.
    /// </summary>
    public string? Name(ulong key)
    {
        if (key == None) return null;
        if (_secret is not null) return key.ToString("x16");
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
                return _names.TryGet(key, out string name) ? name : "#" + key.ToString("x16");
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
        if (_secret is not null) return key.TryFormat(utf8, out written, "x16");
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
                if (_names.TryGet(key, out string name)) return Encoding.UTF8.TryGetBytes(name, utf8, out written);
                if (utf8.Length < 17) return false;
                utf8[0] = (byte)'#';
                _ = key.TryFormat(utf8[1..], out int digits, "x16");
                written = 1 + digits;
                return true;
        }
    }

    /// <summary>Fixes what the next <see cref="Save"/> writes: the names known now. Called on the thread that calls <see cref="TryEncode"/>.</summary>
    /// <param name="epoch">Number of the snapshot; grows.</param>
    public void Freeze(long epoch)
    {
        _names.Fix();
        _frozenDropped = NamesDropped;
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        if (_secret is not null)
        {
            writer.Shape(SecretOption, SecretMark);
            return;
        }

        writer.Shape("Seed", (long)_seed);
        writer.Write(_frozenDropped);
        writer.WriteLarge(_names);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        if (_secret is not null)
        {
            reader.Shape(SecretOption, SecretMark);
            return;
        }

        reader.Shape("Seed", (long)_seed);
        long dropped = reader.ReadCount();
        _names.Clear();
        int count = reader.ReadLength(int.MaxValue);
        if (count > _maxNames) throw new StateMismatchException($"The snapshot holds {count} names; the configuration allows {_maxNames}.");
        for (int i = 0; i < count; i++) RestoreName(reader.ReadArray<byte>(MaxIdBytes), i);
        NamesDropped = dropped;
        Freeze(0);
    }

    // Tells one secret from another, and nothing of either.
    private string SecretMark => HashOf("the mark of the secret"u8).ToString("x16");

    private void RestoreName(byte[] id, int place)
    {
        if (id.Length == 0)
        {
            _names.Skip();
            return;
        }

        bool isId = TryKey(id, "id", out ulong key, out DecodeError error, out bool isLong);
        if (isId && _withheld.Contains(key)) _names.Skip();
        else if (!isLong || _names.Contains(key)) throw new StateMismatchException($"Name {place} of the snapshot is {(isId ? "short or there twice" : error.Reason.Label())}.");
        else _names.Append(key, id);
    }

    private bool TryKey(ReadOnlySpan<byte> id, string field, out ulong key, out DecodeError error, out bool isLong)
    {
        error = default;
        isLong = false;
        if (_secret is null && TryDecimal(id, out ulong word))
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

        if (_secret is not null)
        {
            key = Math.Max(1, HashOf(id));
            return true;
        }

        if (id.Length <= ShortId)
        {
            word = ShortType | ((ulong)id.Length << 56);
            for (int i = 0; i < id.Length; i++) word |= (ulong)id[i] << (8 * i);
            key = Mix(word ^ _whitening);
            return true;
        }

        key = Mix((HashType | (XxHash64.Hash(id, _seed) >> 2)) ^ _whitening);
        isLong = true;
        return true;
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
