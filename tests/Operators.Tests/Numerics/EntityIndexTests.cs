using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Numerics;

public sealed class EntityIndexTests
{
    // Few keys, and many of them with the same home, so that probing and shifting back are exercised.
    private static ulong Crowded(int n) => ((ulong)(n % 60) + 1) * 0xF1DE83E19937733DUL * (n % 3 == 0 ? 1UL : 1UL << 20);

    [Fact]
    public void It_agrees_with_a_dictionary_under_any_sequence_of_operations() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(400).WithReplay(8251, 17),
            Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), (int[] script) =>
            {
                using EntityIndex index = new();
                Dictionary<ulong, int> oracle = [];
                foreach (int step in script.Select(Math.Abs))
                {
                    ulong key = Crowded(step / 2);
                    if (key == 0) continue;
                    if (step % 2 == 0 || oracle.ContainsKey(key)) Assert.Equal(oracle.Remove(key), index.Remove(key));
                    else
                    {
                        index.Add(key, step);
                        oracle.Add(key, step);
                    }

                    Assert.Equal(oracle.Count, index.Count);
                    for (int n = 0; n < 60; n++) Assert.Equal(oracle.GetValueOrDefault(Crowded(n), -1), index.Find(Crowded(n)));
                }
            }));

    [Fact]
    public void It_holds_many_keys_and_finds_each()
    {
        using EntityIndex index = new();
        for (int i = 0; i < 100_000; i++) index.Add((ulong)i + 1, i);
        for (int i = 0; i < 100_000; i++) Assert.Equal(i, index.Find((ulong)i + 1));
        for (int i = 0; i < 100_000; i += 2) Assert.True(index.Remove((ulong)i + 1));
        for (int i = 0; i < 100_000; i++) Assert.Equal(i % 2 == 0 ? -1 : i, index.Find((ulong)i + 1));
        index.Clear();
        Assert.Equal(0, index.Count);
        Assert.Equal(-1, index.Find(2));
    }

    [Theory]
    [InlineData(0x9E3779B97F4A7C15UL)] // spread
    [InlineData(1UL)] // sequential
    [InlineData(0xDCCF400000000000UL)] // homes in a row: with few slots one cluster, which moves as a whole
    public void Keys_are_found_and_removed_while_it_doubles(ulong factor)
    {
        using EntityIndex index = new();
        Dictionary<ulong, int> oracle = [];
        CounterRng rng = new(11, factor);
        for (int n = 0; n < 80_000; n++)
        {
            ulong key = ((ulong)n + 1) * factor;
            index.Add(key, n);
            oracle.Add(key, n);
            ulong other = (rng.NextBelow((ulong)n + 1) + 1) * factor;
            Assert.Equal(oracle.GetValueOrDefault(other, -1), index.Find(other));
            if (n % 16 == 0) Assert.Equal(oracle.Remove(other), index.Remove(other));
            Assert.Equal(oracle.Count, index.Count);
        }

        for (int n = 0; n < 80_000; n++) Assert.Equal(oracle.GetValueOrDefault(((ulong)n + 1) * factor, -1), index.Find(((ulong)n + 1) * factor));
    }

    [Fact]
    public void Zero_is_no_key()
    {
        using EntityIndex index = new();
        Assert.Equal(-1, index.Find(0));
        Assert.False(index.Remove(0));
        Assert.Throws<ArgumentException>(() => index.Add(0, 1));
    }
}
