using Streaming.Abstractions.Keys;
using Xunit;

namespace Streaming.Abstractions.Tests.Keys;

/// <summary>Vectors of the reference implementation: its sanity check (xxhsum) for the generated buffer, its documentation for the texts.</summary>
public sealed class XxHash64Tests
{
    private const ulong Prime32 = 2654435761;

    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    public void Texts_have_their_published_hashes(string text, ulong hash) => Assert.Equal(hash, XxHash64.Hash(System.Text.Encoding.UTF8.GetBytes(text), 0));

    [Theory]
    [InlineData(1, 0, 0xE934A84ADB052768)]
    [InlineData(1, Prime32, 0x5014607643A9B4C3)]
    [InlineData(4, 0, 0x9136A0DCA57457EE)]
    [InlineData(4, Prime32, 0xCAAB286BD8E9FDB5)]
    [InlineData(14, 0, 0x8282DCC4994E35C8)]
    [InlineData(14, Prime32, 0xC3BD6BF63DEB6DF0)]
    [InlineData(222, 0, 0xB641AE8CB691C174)]
    [InlineData(222, Prime32, 0x20CB8AB7AE10C14A)]
    public void The_generated_buffer_has_its_published_hashes(int length, ulong seed, ulong hash)
    {
        byte[] buffer = new byte[length];
        ulong generator = Prime32;
        for (int i = 0; i < length; i++, generator *= 11400714785074694797UL) buffer[i] = (byte)(generator >> 56);
        Assert.Equal(hash, XxHash64.Hash(buffer, seed));
    }
}
