using System.Security.Cryptography;
using System.Text;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.State;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Abstractions.Tests.Keys;

/// <summary>Names that are erased, and ids of which none is kept.</summary>
public class EntityNameErasureTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("0123456789abcdef");

    [Fact]
    public void An_erased_name_leaves_the_state_at_once_and_readers_when_it_vanishes()
    {
        EntityKeyCodec codec = new(5);
        ulong key = codec.Encode("long-name-a"), other = codec.Encode("long-name-b");
        codec.Forget(key);
        Assert.Equal(-1, StateBytes.Save(codec).AsSpan().IndexOf("long-name-a"u8));
        Assert.Equal("long-name-a", codec.Name(key));
        codec.Forget(key); // a second time, before the first is through
        codec.Vanish(key);
        Assert.Equal("long-name-a", codec.Name(key));
        codec.Vanish(key);
        Assert.Equal($"#{key:x16}", codec.Name(key));
        Assert.Equal("long-name-b", codec.Name(other));
        Assert.Equal(key, codec.Encode("long-name-a"));
        Assert.Equal("long-name-a", codec.Name(key));
    }

    [Fact]
    public void Names_come_to_the_places_that_were_left_also_after_a_restore()
    {
        EntityKeyCodec codec = new(5, maxNames: 4), restored = new(5, maxNames: 4);
        ulong[] keys = [.. "abcd".Select(c => codec.Encode($"long-name-{c}"))];
        codec.Forget(keys[2]);
        codec.Forget(keys[0]);
        byte[] state = StateBytes.Save(codec);
        StateBytes.Restore(restored, state);
        Assert.Equal(state, StateBytes.Save(restored));
        foreach (string id in (string[])["long-name-e", "long-name-f", "long-name-g"]) Assert.Equal(codec.Encode(id), restored.Encode(id));
        Assert.Equal((1L, 1L), (codec.NamesDropped, restored.NamesDropped));
        Assert.Equal(StateBytes.Save(codec, 2), StateBytes.Save(restored, 2));
    }

    [Fact]
    public async Task A_save_that_lags_behind_has_the_names_that_were_erased_or_replaced_meanwhile()
    {
        EntityKeyCodec codec = new(5);
        for (int round = 0; round < 20; round++)
        {
            ulong[] keys = [.. Enumerable.Range(0, 700).Select(i => codec.Encode($"long-name-{round}-{i}"))];
            byte[] state = StateBytes.Save(codec);
            using DeferredState frozen = DeferredState.Of(codec, 2);
            Task<byte[]> saved = Task.Run(() => frozen.Write(), TestContext.Current.CancellationToken);
            for (int i = 0; i < 700; i += 3)
            {
                codec.Forget(keys[i]);
                if (i % 2 == 0) _ = codec.Encode($"longer-name-{round}-{i}");
            }

            Assert.Equal(state, await saved);
            Assert.Equal(-1, StateBytes.Save(codec, 3).AsSpan().IndexOf(Encoding.UTF8.GetBytes($"long-name-{round}-3\u0000")));
        }
    }

    [Fact]
    public void A_withheld_name_is_never_kept_and_known_only_to_those_who_erase_it_elsewhere()
    {
        EntityKeyCodec codec = new(5);
        ulong key = codec.KeyOf("long-name-a");
        Assert.Equal($"#{key:x16}", codec.Name(key)); // asking for a key keeps nothing
        byte[] before = StateBytes.Save(new EntityKeyCodec(5));
        _ = codec.Encode("long-name-a");
        byte[] state = StateBytes.Save(codec);
        codec.Withhold(key);
        Assert.Equal(key, codec.Encode("long-name-a"));
        codec.Forget(key);
        Assert.Equal(($"#{key:x16}", "long-name-a"), (codec.Name(key), codec.NameToErase(key)));
        codec.Vanish(key);
        Assert.Equal($"#{key:x16}", codec.NameToErase(key));
        Assert.Equal(before.Length + 4, StateBytes.Save(codec).Length); // one empty place
        StateBytes.Restore(codec, state);
        Assert.Equal(-1, StateBytes.Save(codec).AsSpan().IndexOf("long-name-a"u8));
    }

    [Fact]
    public void A_secret_gives_the_first_digits_of_the_keyed_hash_and_keeps_nothing()
    {
        EntityKeyCodec codec = new(5, secret: Secret), other = new(6, secret: Secret);
        byte[] empty = StateBytes.Save(codec);
        Span<byte> utf8 = stackalloc byte[16];
        foreach (string id in (string[])["7", "short", "alice@example.com", "日本語"])
        {
            ulong key = codec.Encode(id);
            string digits = Convert.ToHexStringLower(HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes(id)))[..16];
            Assert.Equal(digits, codec.Name(key));
            Assert.True(codec.TryFormatName(key, utf8, out int written));
            Assert.Equal(digits, Encoding.ASCII.GetString(utf8[..written]));
            Assert.Equal(key, other.Encode(id)); // whatever the seed
        }

        Assert.Equal(empty, StateBytes.Save(codec));
        Assert.False(codec.TryEncode([], "user", out _, out _));
        Assert.False(codec.TryEncode(new byte[257], "user", out _, out _));
    }

    [Fact]
    public void State_of_another_secret_or_of_none_is_refused_by_name()
    {
        EntityKeyCodec hashed = new(5, secret: Secret), plain = new(5);
        byte[] state = StateBytes.Save(hashed);
        StateBytes.Restore(new EntityKeyCodec(5, secret: Secret), state);
        Assert.Contains("Privacy:Key", Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new EntityKeyCodec(5, secret: [.. Secret, 1]), state)).Message, StringComparison.Ordinal);
        Assert.Contains("Privacy:Key", Assert.Throws<StateMismatchException>(() => StateBytes.Restore(plain, state)).Message, StringComparison.Ordinal);
        Assert.Contains("Privacy:Key", Assert.Throws<StateMismatchException>(() => StateBytes.Restore(hashed, StateBytes.Save(plain))).Message, StringComparison.Ordinal);
    }
}
