using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Windows;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Windows;

public class KeyedWindowsTests
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(47, 1);

    [Fact]
    public void Each_key_has_the_window_it_would_have_alone_since_it_last_came_in() =>
        Prop.ForAll(ArbMap.Default.ArbFor<uint>(), seed =>
        {
            CounterRng rng = new(seed, 0);
            int keys = 1 + (int)rng.NextBelow(30);
            ulong population = 1 + rng.NextBelow(60);
            // Neighbouring and far keys, so that places of the table collide.
            ulong stride = rng.NextBelow(2) == 0 ? 1UL : 1UL << 57;
            KeyedWindows windows = KeyedWindows.ByCount(keys, 5);
            Dictionary<ulong, CountWindow> expected = [];
            List<ulong> byUse = [];
            int evictions = 0;
            for (int i = 0; i < 800; i++)
            {
                ulong key = rng.NextBelow(population) * stride;
                double value = rng.NextBelow(100);
                byUse.Remove(key);
                byUse.Add(key);
                if (byUse.Count > keys)
                {
                    expected.Remove(byUse[0]);
                    byUse.RemoveAt(0);
                    evictions++;
                }

                if (!expected.TryGetValue(key, out CountWindow? alone)) expected[key] = alone = new CountWindow(5);
                alone.Add(value, i);
                IWindow window = windows.For(key);
                window.Add(value, i);
                Assert.Equal(alone.Aggregate, window.Aggregate);
                Assert.Equal(byUse.Count, windows.Count);
                Assert.Equal(evictions, windows.Evictions);
            }
        }).Check(Repeatable);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Restored_anywhere_it_ends_with_the_same_state(bool byTime)
    {
        KeyedWindows uninterrupted = Create(byTime);
        Feed(uninterrupted, 0, 3000);
        Assert.True(uninterrupted.Evictions > 0);
        byte[] expected = Save(uninterrupted);
        for (int cut = 0; cut <= 3000; cut += 131)
        {
            KeyedWindows first = Create(byTime);
            Feed(first, 0, cut);
            KeyedWindows second = Create(byTime);
            Feed(second, 1000, 1040); // must be forgotten
            Restore(second, Save(first));
            Assert.Equal(Save(first), Save(second));
            Feed(second, cut, 3000);
            Assert.Equal(expected, Save(second));
        }
    }

    [Fact]
    public void Keys_without_end_take_the_stated_memory_and_no_more()
    {
        const int Keys = 10_000;
        long before = GC.GetAllocatedBytesForCurrentThread();
        KeyedWindows windows = KeyedWindows.ByTime(Keys, 1000, 64);
        for (ulong key = 0; key < Keys; key++) windows.For(key * 7919).Add(1, (long)key);
        long full = GC.GetAllocatedBytesForCurrentThread();
        long planned = KeyedWindows.BytesFor(Keys, TimeWindow.BytesFor(64)) + 1024; // a few objects there is one of
        Assert.InRange(full - before, planned * 9 / 10, planned);
        for (ulong key = Keys; key < 20 * Keys; key++) windows.For(key * 7919).Add(1, (long)key);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - full);
        Assert.Equal(19 * Keys, windows.Evictions);
    }

    [Fact]
    public void A_snapshot_of_another_capacity_or_with_a_key_twice_is_refused()
    {
        KeyedWindows one = KeyedWindows.ByCount(40, 5);
        one.For(7).Add(1, 1);
        byte[] saved = Save(one);
        Assert.Throws<StateMismatchException>(() => Restore(KeyedWindows.ByCount(41, 5), saved));
        one.For(8).Add(1, 1);
        byte[] twice = Save(one);
        // The second key is the 8 bytes before the second window: as long as the first section from its key on.
        int entry = twice.Length - saved.Length;
        twice[^entry] = 7;
        Assert.Throws<StateMismatchException>(() => Restore(KeyedWindows.ByCount(40, 5), twice));
    }

    private static KeyedWindows Create(bool byTime) => byTime ? KeyedWindows.ByTime(40, 300, 6) : KeyedWindows.ByCount(40, 6);

    private static void Feed(KeyedWindows windows, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            CounterRng rng = new(3, (ulong)i);
            windows.For(rng.NextBelow(60)).Add(rng.NextNormal(), i - (long)rng.NextBelow(50));
        }
    }

    private static byte[] Save(KeyedWindows windows) => StateBytes.Write(windows.Save);

    private static void Restore(KeyedWindows windows, byte[] state) => StateBytes.Read(state, (ref reader) => windows.Restore(ref reader, 1));
}
