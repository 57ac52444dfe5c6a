using System.Buffers;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Numerics;

public sealed class EntityTableTests
{
    [Fact]
    public void Rows_are_given_in_order_of_arrival()
    {
        EntityTable table = new(10);
        Assert.Equal(0, table.FindOrAdd(70, out Admission first));
        Assert.Equal(1, table.FindOrAdd(30, out _));
        Assert.Equal(0, table.FindOrAdd(70, out Admission again));
        Assert.Equal((Admission.Added, Admission.Known), (first, again));
        Assert.Equal((30ul, 1u, 1), (table.Key(1), table.Sequence(1), table.RowOfSequence(1)));
        Assert.Throws<ArgumentException>(() => table.FindOrAdd(0, out _));
    }

    [Fact]
    public void Eviction_follows_a_plain_clock()
    {
        const int Capacity = 37;
        EntityTable table = new(Capacity);
        List<(ulong Key, bool Used, uint Arrival)> clock = [];
        int hand = 0;
        uint arrivals = 0;
        long evictions = 0;
        CounterRng rng = new(5, 5);
        for (int n = 0; n < 20_000; n++)
        {
            ulong key = 1 + rng.NextBelow(60);
            int row = clock.FindIndex(e => e.Key == key);
            Admission expected = Admission.Known;
            if (row >= 0)
            {
                clock[row] = clock[row] with { Used = true };
            }
            else if (clock.Count < Capacity)
            {
                row = clock.Count;
                clock.Add((key, true, arrivals++));
                expected = Admission.Added;
            }
            else
            {
                while (clock[hand].Used)
                {
                    clock[hand] = clock[hand] with { Used = false };
                    hand = (hand + 1) % Capacity;
                }

                row = hand;
                hand = (hand + 1) % Capacity;
                clock[row] = (key, true, arrivals++);
                evictions++;
                expected = Admission.Replaced;
            }

            Assert.Equal((row, expected), (table.FindOrAdd(key, out Admission admission), admission));
            Assert.Equal(clock[row].Arrival, table.Sequence(row));
            Assert.Equal(row, table.RowOfSequence(clock[row].Arrival));
            if (n % 1000 == 999) table = Copy(table, Capacity);
        }

        Assert.Equal(evictions, table.Evictions);
        Assert.Equal(-1, table.RowOfSequence(0));
        Assert.True(evictions > 1000);
        for (int row = 0; row < Capacity; row++) Assert.Equal((clock[row].Key, row), (table.Key(row), table.Find(clock[row].Key)));
    }

    [Fact]
    public void By_age_the_first_to_come_is_the_first_to_go()
    {
        using EntityTable table = new(5) { Eviction = EvictionRule.Age };
        Queue<ulong> held = new();
        CounterRng rng = new(9, 9);
        for (int n = 0; n < 500; n++)
        {
            ulong key = 1 + rng.NextBelow(12);
            table.FindOrAdd(key, out Admission admission);
            Assert.Equal(held.Contains(key), admission == Admission.Known);
            if (admission == Admission.Known) continue;
            if (held.Count == 5) Assert.Equal(-1, table.Find(held.Dequeue()));
            held.Enqueue(key);
            Assert.All(held, k => Assert.True(table.Find(k) >= 0));
        }

        Assert.True(table.Evictions > 100);
    }

    [Fact]
    public void The_hand_passes_a_bounded_number_of_rows_in_use()
    {
        const int Capacity = 2_000;
        using EntityTable table = new(Capacity);
        for (ulong key = 1; key <= Capacity; key++) table.FindOrAdd(key, out _);
        Assert.Equal((64, 129), (table.FindOrAdd(Capacity + 1, out _), table.FindOrAdd(Capacity + 2, out _)));
        Assert.Equal((-1, -1, 0), (table.Find(65), table.Find(130), table.Find(1)));
    }

    [Fact]
    public void Arrival_numbers_that_come_again_pass_over_those_still_held()
    {
        EntityTable table = new(3);
        for (ulong key = 1; key <= 4; key++) table.FindOrAdd(key, out _);
        ArrayBufferWriter<byte> bytes = new();
        StateWriter writer = new(bytes);
        table.Save(ref writer);
        byte[] state = bytes.WrittenSpan.ToArray();
        // As after 2^32 arrivals: number, evictions, and then how many came.
        BitConverter.GetBytes(0u).CopyTo(state, 12);
        StateReader reader = new(new ReadOnlySequence<byte>(state));
        EntityTable late = new(3);
        late.Restore(ref reader);
        Assert.Equal([3u, 1u, 2u], Enumerable.Range(0, 3).Select(late.Sequence));
        for (ulong key = 10; key <= 12; key++) late.FindOrAdd(key, out _);
        uint[] numbers = [.. Enumerable.Range(0, 3).Select(late.Sequence)];
        Assert.Equal(3, numbers.Distinct().Count());
        Assert.All(Enumerable.Range(0, 3), row => Assert.Equal(row, late.RowOfSequence(numbers[row])));
    }

    [Fact]
    public void A_snapshot_with_a_key_twice_is_refused()
    {
        ArrayBufferWriter<byte> bytes = new();
        StateWriter writer = new(bytes);
        writer.Write(2);
        writer.Write(0L);
        writer.Write(2u);
        writer.Write(0);
        writer.WriteRaw<ulong>([5, 5]);
        writer.WriteRaw<byte>([1, 1]);
        Assert.Throws<StateMismatchException>(() =>
        {
            StateReader reader = new(new ReadOnlySequence<byte>(bytes.WrittenMemory));
            new EntityTable(4).Restore(ref reader);
        });
    }

    [Fact]
    public void A_snapshot_that_does_not_fit_is_refused()
    {
        EntityTable table = new(10);
        for (ulong key = 1; key <= 10; key++) table.FindOrAdd(key, out _);
        Assert.Throws<StateMismatchException>(() => Copy(table, 9));
        Assert.Equal(10, Copy(table, 11).Count);
    }

    [Fact]
    public void A_table_that_numbers_no_arrivals_reads_a_snapshot_of_one_that_did()
    {
        using EntityTable before = new(3), after = new(3, 0, numbersArrivals: false);
        for (ulong key = 1; key <= 5; key++) before.FindOrAdd(key, out _);
        StateBytes.Read(StateBytes.Write(before.Save), (ref reader) => after.Restore(ref reader, hasNumbers: true));
        for (ulong key = 1; key <= 6; key++) Assert.Equal((before.FindOrAdd(key + 3, out Admission expected), expected), (after.FindOrAdd(key + 3, out Admission admission), admission));
        using EntityTable again = new(3, 0, numbersArrivals: false);
        StateBytes.Read(StateBytes.Write(after.Save), (ref reader) => again.Restore(ref reader, hasNumbers: false));
        Assert.Equal((after.Evictions, after.Find(9)), (again.Evictions, again.Find(9)));
        Assert.True(EntityTable.BytesFor(1000, 8, numbersArrivals: false) < EntityTable.BytesFor(1000, 8));
    }

    private static EntityTable Copy(EntityTable table, int capacity)
    {
        EntityTable copy = new(capacity);
        StateBytes.Read(StateBytes.Write(table.Save), (ref reader) => copy.Restore(ref reader));
        return copy;
    }
}
