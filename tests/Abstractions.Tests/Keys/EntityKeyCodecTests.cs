using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Abstractions.Tests.Keys;

public sealed class EntityKeyCodecTests
{
    /// <summary>Ids of every kind: decimals of 1 to 20 digits with and without leading zeros, short and long texts, beyond ASCII too.</summary>
    private static readonly Gen<string> Ids = Gen.OneOf(
        Gen.Choose(1, 20).SelectMany(n => Gen.Choose(0, 9).ArrayOf(n)).Select(digits => string.Concat(digits)),
        Gen.Elements("a", "0", " ", "ä", "日", "🙂", "-", "Z", "\"", "\\").NonEmptyListOf().Where(parts => parts.Count <= 60).Select(string.Concat));

    private static string Utf8Name(EntityKeyCodec codec, ulong key)
    {
        Span<byte> bytes = stackalloc byte[EntityKeyCodec.MaxIdBytes];
        Assert.True(codec.TryFormatName(key, bytes, out int written));
        return Encoding.UTF8.GetString(bytes[..written]);
    }

    [Fact]
    public void Every_id_comes_back_from_its_key()
    {
        EntityKeyCodec codec = new(42);
        Seeded.Check(Ids, id =>
        {
            ulong key = codec.Encode(id);
            return key != EntityKeyCodec.None && codec.Name(key) == id && Utf8Name(codec, key) == id;
        });
    }

    [Fact]
    public void Different_ids_have_different_keys_and_the_same_id_the_same()
    {
        EntityKeyCodec codec = new(42);
        Dictionary<ulong, string> seen = [];
        Seeded.Check(Ids, id =>
        {
            ulong key = codec.Encode(id);
            return seen.TryAdd(key, id) || seen[key] == id;
        }, tests: 5000);
        Assert.True(seen.Count > 2000);
        for (int i = 0; i < 20_000; i++) Assert.True(seen.TryAdd(codec.Encode($"user-number-{i}"), ""));
        for (int i = 10_000_000; i < 10_020_000; i++) Assert.True(seen.TryAdd(codec.Encode($"0{i}"), ""));
    }

    [Theory]
    [InlineData("01", "1")]
    [InlineData("00", "0")]
    [InlineData("+1", "1")]
    [InlineData("1 ", "1")]
    [InlineData("000000000000000001", "1")]
    [InlineData("user-number-1", "user-number-2")]
    public void Ids_that_look_alike_are_told_apart(string a, string b)
    {
        EntityKeyCodec codec = new(42);
        Assert.NotEqual(codec.Encode(a), codec.Encode(b));
        Assert.Equal(a, codec.Name(codec.Encode(a)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("999999999999999999")]
    [InlineData("1000000000000000000")]
    [InlineData("9999999999999999999")]
    [InlineData("18446744073709551616")]
    [InlineData("1234567")]
    [InlineData("12345678")]
    [InlineData("日本")]
    [InlineData("äöü")]
    [InlineData("abcdefg")]
    [InlineData("abcdefgh")]
    public void Ids_at_the_borders_of_the_packings_come_back(string id)
    {
        EntityKeyCodec codec = new(7);
        ulong key = codec.Encode(id);
        Assert.Equal(id, codec.Name(key));
        Assert.Equal(id, Utf8Name(codec, key));
    }

    [Theory]
    [InlineData("999999999999999999", true)]
    [InlineData("1000000000000000000", false)]
    [InlineData("0999999", true)]
    [InlineData("09999999", false)]
    [InlineData("日本a", true)]
    [InlineData("日本語", false)]
    public void Short_ids_and_decimals_of_up_to_18_digits_need_no_memory(string id, bool packed)
    {
        EntityKeyCodec codec = new(7, maxNames: 0);
        ulong key = codec.Encode(id);
        Assert.Equal(packed ? id : "#" + key.ToString("x16"), codec.Name(key));
        Assert.Equal(codec.Name(key), Utf8Name(codec, key));
        Assert.Equal(packed ? 0 : 1, codec.NamesDropped);
    }

    [Fact]
    public void No_key_is_the_key_of_nothing_whatever_the_seed()
    {
        // A word that mixes to 0 equals the whitening, whose two highest bits no word has: so the finalizer's only preimage of 0 is out of reach.
        for (ulong seed = 0; seed < 200; seed++)
        {
            EntityKeyCodec codec = new(seed);
            for (int i = 0; i < 200; i++) Assert.NotEqual(EntityKeyCodec.None, codec.Encode(i.ToString()));
        }

        Assert.Null(new EntityKeyCodec(1).Name(EntityKeyCodec.None));
        Assert.True(new EntityKeyCodec(1).TryFormatName(EntityKeyCodec.None, [], out int written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void The_seed_changes_the_keys_and_not_the_names()
    {
        EntityKeyCodec a = new(1), b = new(2);
        Seeded.Check(Ids, id => a.Encode(id) != b.Encode(id) && a.Name(a.Encode(id)) == b.Name(b.Encode(id)));
    }

    [Fact]
    public void Names_beyond_the_bound_are_dropped_for_good_and_counted()
    {
        EntityKeyCodec codec = new(3, maxNames: 2);
        ulong a = codec.Encode("long-name-a"), b = codec.Encode("long-name-b"), c = codec.Encode("long-name-c");
        Assert.Equal(c, codec.Encode("long-name-c"));
        _ = codec.Encode("long-name-a");
        Assert.Equal(("long-name-a", "long-name-b", "#" + c.ToString("x16")), (codec.Name(a), codec.Name(b), codec.Name(c)));
        Assert.Equal(2, codec.NamesDropped);
    }

    [Theory]
    [InlineData("5", 1)]
    [InlineData("1234", 4)]
    [InlineData("äb", 3)]
    [InlineData("long-name-日", 13)]
    [InlineData("dropped-name", 17)]
    public void A_name_that_does_not_fit_writes_nothing(string id, int bytes)
    {
        EntityKeyCodec codec = new(3, maxNames: 1);
        _ = codec.Encode("long-name-日");
        ulong key = codec.Encode(id);
        byte[] target = new byte[bytes];
        Assert.False(codec.TryFormatName(key, target.AsSpan(0, bytes - 1), out int none));
        Assert.Equal(0, none);
        Assert.True(codec.TryFormatName(key, target, out int all));
        Assert.Equal(bytes, all);
    }

    [Fact]
    public void Formatting_a_name_allocates_nothing()
    {
        EntityKeyCodec codec = new(3, maxNames: 1);
        ulong[] keys = [codec.Encode("17"), codec.Encode("short"), codec.Encode("a-kept-name"), codec.Encode("a-dropped-name")];
        byte[] target = new byte[EntityKeyCodec.MaxIdBytes];
        foreach (ulong key in keys) _ = codec.TryFormatName(key, target, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) _ = codec.TryFormatName(keys[i & 3], target, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public static TheoryData<byte[], RejectionReason> BadIds => new()
    {
        { [], RejectionReason.MissingField },
        { Encoding.UTF8.GetBytes(new string('x', 257)), RejectionReason.BadId },
        { [(byte)'a', 0], RejectionReason.BadId },
        { [(byte)'\n'], RejectionReason.BadId },
        { [0x7F], RejectionReason.BadId },
        { [0xFF, 0xFE], RejectionReason.InvalidUtf8 },
        { [(byte)'a', 0xC3], RejectionReason.InvalidUtf8 },
    };

    [Theory]
    [MemberData(nameof(BadIds))]
    public void A_bad_id_is_refused_with_its_reason(byte[] id, RejectionReason reason)
    {
        Assert.False(new EntityKeyCodec(1).TryEncode(id, "user", out ulong key, out DecodeError error));
        Assert.Equal((EntityKeyCodec.None, new DecodeError(reason, "user")), (key, error));
    }

    [Fact]
    public void The_longest_id_is_taken()
    {
        EntityKeyCodec codec = new(1);
        string id = new('x', EntityKeyCodec.MaxIdBytes);
        Assert.Equal(id, codec.Name(codec.Encode(id)));
        Assert.Throws<ArgumentException>(() => codec.Encode(id + "x"));
    }

    [Fact]
    public void Restored_names_are_the_saved_ones()
    {
        EntityKeyCodec codec = new(5, maxNames: 3);
        ulong[] keys = [.. new[] { "long-name-a", "7", "long-name-b", "long-name-日", "long-name-d" }.Select(codec.Encode)];
        byte[] state = StateBytes.Save(codec);

        EntityKeyCodec restored = new(5, maxNames: 3);
        _ = restored.Encode("something-forgotten");
        StateBytes.Restore(restored, state);
        Assert.Equal(keys.Select(codec.Name), keys.Select(restored.Name));
        Assert.Equal(1, restored.NamesDropped);
        Assert.Equal(state, StateBytes.Save(restored));
        Assert.Equal(codec.Encode("long-name-e"), restored.Encode("long-name-e"));
        Assert.Equal(StateBytes.Save(codec, 2), StateBytes.Save(restored, 2));
    }

    [Fact]
    public void What_comes_after_the_freeze_is_not_saved()
    {
        EntityKeyCodec codec = new(5, maxNames: 2);
        _ = codec.Encode("long-name-a");
        byte[] state = StateBytes.Save(codec);
        codec.Freeze(2);
        _ = codec.Encode("long-name-b");
        _ = codec.Encode("long-name-c");
        System.Buffers.ArrayBufferWriter<byte> buffer = new();
        StateWriter writer = new(buffer);
        codec.Save(ref writer);
        Assert.Equal(state, buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public async Task Names_are_saved_beside_those_that_come()
    {
        EntityKeyCodec codec = new(5);
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < 700; i++) _ = codec.Encode($"long-name-{round}-{i}");
            byte[] state = StateBytes.Save(codec);
            using DeferredState frozen = DeferredState.Of(codec, 2);
            Assert.Equal(1, frozen.Parts);
            Task<byte[]> saved = Task.Run(() => frozen.Write());
            for (int i = 0; i < 700; i++) _ = codec.Encode($"longer-name-{round}-{i}");
            byte[] meanwhile = StateBytes.Save(codec, 3); // another one, while the first is not over
            Assert.True(meanwhile.Length > state.Length);
            Assert.Equal(state, await saved);
        }
    }

    [Fact]
    public void A_snapshot_of_another_seed_or_a_smaller_bound_is_refused()
    {
        EntityKeyCodec codec = new(5);
        _ = codec.Encode("long-name-a");
        _ = codec.Encode("long-name-b");
        byte[] state = StateBytes.Save(codec);
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new EntityKeyCodec(6), state));
        StateMismatchException e = Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new EntityKeyCodec(5, maxNames: 1), state));
        Assert.Contains("2 names", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("long-name-a", "long-name-a")]
    [InlineData("long-name-a", "12")]
    public void A_snapshot_with_a_name_that_cannot_be_there_is_refused(string first, string second)
    {
        System.Buffers.ArrayBufferWriter<byte> buffer = new();
        StateWriter writer = new(buffer);
        writer.Shape("Seed", 5);
        writer.Write(0L);
        writer.Write(2);
        writer.WriteText(first);
        writer.WriteText(second);
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new EntityKeyCodec(5), buffer.WrittenSpan.ToArray()));
    }
}
