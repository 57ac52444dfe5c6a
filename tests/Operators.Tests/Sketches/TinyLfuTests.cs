using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Sketches;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Sketches;

public sealed class TinyLfuTests
{
    [Fact]
    public void It_never_says_less_than_came_and_seldom_more()
    {
        using TinyLfu sketch = new(40_000, 7);
        Dictionary<ulong, int> oracle = [];
        CounterRng rng = new(3, 3);
        int over = 0;
        for (int n = 0; n < 20_000; n++)
        {
            ulong key = 1 + Math.Min(rng.NextBelow(5_000), rng.NextBelow(5_000));
            int times = oracle[key] = oracle.GetValueOrDefault(key) + 1, said = sketch.Add(key);
            Assert.InRange(said, Math.Min(times, TinyLfu.MaxCount), TinyLfu.MaxCount);
            Assert.Equal(said, sketch.Count(key));
            if (said > times) over++;
        }

        Assert.InRange(over, 0, 400);
        Assert.Equal(0, new TinyLfu(40_000, 7).Count(1));
    }

    [Fact]
    public void Counts_are_halved_after_ten_keys_a_counter_of_a_row()
    {
        using TinyLfu sketch = new(400, 7);
        Assert.Equal(1_000, sketch.KeysBetweenHalvings);
        for (int n = 0; n < 1_000; n++) sketch.Add(5);
        Assert.Equal(TinyLfu.MaxCount, sketch.Count(5));
        Assert.Equal(128, sketch.Add(5)); // 255 / 2, and one more
    }

    [Theory]
    [InlineData(3)]
    [InlineData((1 << 30) + 1)]
    public void A_number_of_counters_out_of_range_is_refused(int counters) => Assert.Throws<ArgumentOutOfRangeException>(() => new TinyLfu(counters, 1));

    [Fact]
    public void It_goes_on_from_its_state_and_refuses_that_of_another_shape()
    {
        using TinyLfu sketch = new(1_000, 7), copy = new(1_000, 7);
        for (ulong n = 0; n < 2_600; n++) sketch.Add(n % 37);
        byte[] state = StateBytes.Write(sketch.Save);
        StateBytes.Read(state, (ref reader) => copy.Restore(ref reader));
        for (ulong n = 0; n < 3_000; n++) Assert.Equal(sketch.Add(n % 91), copy.Add(n % 91));
        Assert.Equal(StateBytes.Write(sketch.Save), StateBytes.Write(copy.Save));
        Assert.Throws<StateMismatchException>(() => StateBytes.Read(state, (ref reader) => new TinyLfu(1_004, 7).Restore(ref reader)));
        Assert.Throws<StateMismatchException>(() => StateBytes.Read(state, (ref reader) => new TinyLfu(1_000, 8).Restore(ref reader)));
    }

    [Fact]
    public void What_is_frozen_is_written_as_it_was()
    {
        using TinyLfu sketch = new(8_000, 7), copy = new(8_000, 7);
        for (ulong n = 0; n < 19_990; n++) sketch.Add(n % 700);
        byte[] before = StateBytes.Write(sketch.Save);
        Assert.True(sketch.TryFreeze());
        for (ulong n = 0; n < 1_000; n++) sketch.Add(n); // over a halving
        System.Buffers.ArrayBufferWriter<byte> bytes = new();
        StateWriter writer = new(bytes);
        sketch.Write(ref writer, frozen: true);
        sketch.Release();
        Assert.Equal(before[^8_000..], bytes.WrittenSpan.ToArray());
        Assert.NotEqual(before, StateBytes.Write(sketch.Save));
    }
}
