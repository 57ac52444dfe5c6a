using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Numerics;

public sealed class RowPagesTests
{
    private const int RowBytes = sizeof(long) + sizeof(int);

    [Fact]
    public void What_is_read_is_what_was_there_at_the_freeze_under_any_sequence_of_operations() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(71, 9),
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => CheckCase((ulong)seed)));

    [Fact]
    public async Task A_reader_on_another_thread_never_sees_a_change_and_what_is_copied_aside_is_bounded_and_given_back()
    {
        const int Rows = 60_000;
        using Table table = new(Rows);
        CounterRng rng = new(3, 3);
        for (int round = 0; round < 40; round++)
        {
            (long[] longs, int[] ints) = table.Content();
            Assert.True(table.Pages.TryFreeze(Rows));
            Task<(long[], int[])> reader = Task.Run(() => table.ReadFrozen(Rows));
            long most = 0;
            do
            {
                for (int n = 0; n < 1000; n++) table.Write((int)rng.NextBelow(Rows), (long)rng.NextBits());
                most = Math.Max(most, table.Pages.AsideBytes);
            }
            while (!reader.IsCompleted);
            (long[] readLongs, int[] readInts) = await reader;
            Assert.True(longs.AsSpan().SequenceEqual(readLongs), $"round {round}: the first column was read otherwise");
            Assert.True(ints.AsSpan().SequenceEqual(readInts), $"round {round}: the second column was read otherwise");
            Assert.InRange(most, 0, (long)(Rows + table.Pages.RowsPerPage) * RowBytes);
            table.Pages.Release();
            Assert.Equal(0, table.Pages.AsideBytes);
        }
    }

    [Fact]
    public void Only_the_first_change_of_a_page_copies_and_nothing_is_copied_once_it_was_read()
    {
        using Table table = new(20_000);
        int rows = table.Pages.RowsPerPage;
        table.Write(5, 1);
        Assert.Equal(0, table.Pages.AsideBytes);
        Assert.True(table.Pages.TryFreeze(20_000));
        Assert.False(table.Pages.TryFreeze(20_000)); // not before it is released
        table.Write(5, 2);
        long page = table.Pages.AsideBytes;
        Assert.InRange(page, rows * RowBytes, (rows * RowBytes) + 8);
        table.Write(6, 2);
        Assert.Equal(page, table.Pages.AsideBytes);
        table.Write(rows, 2);
        Assert.Equal(2 * page, table.Pages.AsideBytes);
        table.Pages.Done(2 * rows);
        table.Write(2 * rows, 2);
        Assert.Equal(2 * page, table.Pages.AsideBytes);
        table.Pages.Release();
        Assert.Equal((0, false), (table.Pages.AsideBytes, table.Pages.IsFrozen));
        Assert.True(table.Pages.TryFreeze(1));
        table.Write(rows, 3); // was not frozen
        Assert.Equal(0, table.Pages.AsideBytes);
    }

    private static void CheckCase(ulong seed)
    {
        CounterRng rng = new(seed, 1);
        int capacity = 1 + (int)rng.NextBelow(9_000), rows = 0, read = 0;
        using Table table = new(capacity);
        (long[] Longs, int[] Ints)? frozen = null;
        for (int step = 0; step < 300; step++)
        {
            switch (rng.NextBelow(8))
            {
                case 0 when frozen is null:
                    rows = (int)rng.NextBelow((ulong)capacity + 1);
                    Assert.True(table.Pages.TryFreeze(rows));
                    (frozen, read) = (table.Content(), 0);
                    break;
                case 1 when frozen is { } expected && read < rows:
                    int count = Math.Min(table.Pages.RowsPerPage, rows - read);
                    long[] longs = new long[count];
                    int[] ints = new int[count];
                    table.ReadPage(read, longs, ints);
                    Assert.Equal(expected.Longs[read..(read + count)], longs);
                    Assert.Equal(expected.Ints[read..(read + count)], ints);
                    if (rng.NextBelow(2) == 0) break; // it may be read again as long as the reader is not done
                    table.Pages.Done(read);
                    read += count;
                    break;
                case 2 when frozen is not null && rng.NextBelow(4) == 0:
                    table.Pages.Release();
                    frozen = null;
                    break;
                default:
                    table.Write((int)rng.NextBelow((ulong)capacity), (long)rng.NextBits());
                    break;
            }
        }
    }

    /// <summary>Two columns, the second a function of the first.</summary>
    private sealed unsafe class Table : IDisposable
    {
        private readonly NativeBuffer<long> _longs;
        private readonly NativeBuffer<int> _ints;
        private readonly MemoryColumn _first;
        private readonly MemoryColumn _second;

        public Table(int capacity)
        {
            (_longs, _ints, Pages) = (new NativeBuffer<long>(capacity), new NativeBuffer<int>(capacity), new RowPages(capacity, RowBytes));
            _first = Pages.Add(new MemoryColumn(_longs.Pointer, sizeof(long)));
            _second = Pages.Add(new MemoryColumn(_ints.Pointer, sizeof(int)));
        }

        public RowPages Pages { get; }

        public void Write(int row, long value)
        {
            Pages.Touch(row);
            (_longs[row], _ints[row]) = (value, (int)value);
        }

        public (long[] Longs, int[] Ints) Content() => ([.. _longs.AsSpan(0, (int)_longs.Length)], [.. _ints.AsSpan(0, (int)_ints.Length)]);

        public void ReadPage(int row, Span<long> longs, Span<int> ints)
        {
            fixed (long* to = longs) Pages.Copy(_first, row, longs.Length, frozen: true, (byte*)to);
            fixed (int* to = ints) Pages.Copy(_second, row, ints.Length, frozen: true, (byte*)to);
        }

        public (long[] Longs, int[] Ints) ReadFrozen(int rows)
        {
            long[] longs = new long[rows];
            int[] ints = new int[rows];
            for (int row = 0; row < rows; row += Pages.RowsPerPage)
            {
                int count = Math.Min(Pages.RowsPerPage, rows - row);
                ReadPage(row, longs.AsSpan(row, count), ints.AsSpan(row, count));
                if (row / Pages.RowsPerPage % 2 == 0) Pages.Done(row);
            }

            return (longs, ints);
        }

        public void Dispose()
        {
            _longs.Dispose();
            _ints.Dispose();
            Pages.Dispose();
        }
    }
}
