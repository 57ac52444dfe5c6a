using System.Buffers;
using Streaming.Abstractions.State;
using Xunit;

namespace Streaming.Abstractions.Tests.State;

public sealed class StateRoundTripTests
{
    private delegate void Writing(StateWriter writer);

    private delegate void Reading(ref StateReader reader);

    private enum Small : short
    {
        Seven = 7,
    }

    private static byte[] Write(Writing write)
    {
        ArrayBufferWriter<byte> buffer = new();
        write(new StateWriter(buffer));
        return buffer.WrittenSpan.ToArray();
    }

    private static void Read(byte[] bytes, Reading read)
    {
        StateReader reader = new(new ReadOnlySequence<byte>(bytes));
        read(ref reader);
    }

    /// <summary>The same bytes as a chain of segments of <paramref name="size"/> bytes.</summary>
    private static ReadOnlySequence<byte> Chunked(byte[] bytes, int size)
    {
        Segment first = new(bytes.AsMemory(0, Math.Min(size, bytes.Length)), null), last = first;
        for (int i = size; i < bytes.Length; i += size) last = new Segment(bytes.AsMemory(i, Math.Min(size, bytes.Length - i)), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }

    private static byte[] Everything() => Write(writer =>
    {
        writer.Write(-5);
        writer.Write(ulong.MaxValue);
        writer.Write(double.NaN);
        writer.Write(Small.Seven);
        writer.Write(true);
        writer.Write(false);
        writer.WriteText("übung 🙂");
        writer.WriteText("");
        writer.WriteSpan<double>([1, -0.0, double.PositiveInfinity]);
        writer.WriteSpan<int>([]);
        writer.WriteRaw<short>([1, 2, 3]);
        writer.Shape("Factors", 32);
        writer.Shape("Delta", .002);
        writer.Shape("Variant", "river022");
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(4096)]
    public void What_is_written_is_read_whatever_the_segments(int segment)
    {
        StateReader reader = new(Chunked(Everything(), segment));
        Assert.Equal(-5, reader.Read<int>());
        Assert.Equal(ulong.MaxValue, reader.Read<ulong>());
        Assert.True(double.IsNaN(reader.Read<double>()));
        Assert.Equal(Small.Seven, reader.Read<Small>());
        Assert.True(reader.ReadBool());
        Assert.False(reader.ReadBool());
        Assert.Equal("übung 🙂", reader.ReadText(100));
        Assert.Equal("", reader.ReadText(0));
        Assert.Equal([1, -0.0, double.PositiveInfinity], reader.ReadArray<double>(3));
        Assert.Empty(reader.ReadArray<int>(10));
        short[] raw = new short[3];
        reader.ReadRaw<short>(raw);
        Assert.Equal([1, 2, 3], raw);
        reader.Shape("Factors", 32);
        reader.Shape("Delta", .002);
        reader.Shape("Variant", "river022");
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void Every_beginning_of_a_state_is_too_short()
    {
        byte[] whole = Write(writer =>
        {
            writer.Write(1L);
            writer.WriteText("text");
            writer.WriteSpan<int>([1, 2, 3]);
            writer.Write(true);
        });
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<StateMismatchException>(() => Read(whole[..length], (ref reader) =>
            {
                _ = reader.Read<long>();
                _ = reader.ReadText(16);
                reader.ReadSpan<int>(new int[3]);
                _ = reader.ReadBool();
            }));
        }
    }

    [Fact]
    public void Bytes_are_little_endian_and_without_padding() =>
        Assert.Equal([1, 2, 1, 0, 0, 0, 0xFE, 0xFF], Write(writer =>
        {
            writer.Write((byte)1);
            writer.Write((byte)2);
            writer.WriteSpan<short>([-2]);
        }));

    [Fact]
    public void A_large_table_is_written_in_pieces_and_read_whole()
    {
        double[] table = [.. Enumerable.Range(0, 100_003).Select(i => i * .5)];
        byte[] bytes = Write(writer => writer.WriteRaw<double>(table));
        Assert.Equal(table.Length * 8, bytes.Length);
        StateReader reader = new(Chunked(bytes, 1000));
        double[] read = new double[table.Length];
        reader.ReadRaw<double>(read);
        Assert.Equal(table, read);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(11)]
    [InlineData(int.MaxValue)]
    public void A_length_that_cannot_be_is_refused_before_anything_is_allocated(int length)
    {
        byte[] bytes = Write(writer => writer.Write(length));
        Assert.Throws<StateMismatchException>(() => Read(bytes, (ref reader) => reader.ReadArray<byte>(10)));
        Assert.Throws<StateMismatchException>(() => Read(bytes, (ref reader) => reader.ReadLength(10)));
        Assert.Throws<StateMismatchException>(() => Read(bytes, (ref reader) => reader.ReadArray<long>(int.MaxValue)));
    }

    [Fact]
    public void A_span_of_another_length_is_refused()
    {
        byte[] bytes = Write(writer => writer.WriteSpan<int>([1, 2, 3]));
        StateMismatchException e = Assert.Throws<StateMismatchException>(() => Read(bytes, (ref reader) => reader.ReadSpan<int>(new int[4])));
        Assert.Equal("The snapshot has 3 elements where 4 are needed.", e.Message);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1L << 62, true)]
    [InlineData((1L << 62) + 1, false)]
    [InlineData(-1, false)]
    [InlineData(long.MinValue, false)]
    public void A_count_is_not_negative_and_leaves_room_for_more(long count, bool possible)
    {
        byte[] bytes = Write(writer => writer.Write(count));
        if (possible) Read(bytes, (ref reader) => Assert.Equal(count, reader.ReadCount()));
        else Assert.Throws<StateMismatchException>(() => Read(bytes, (ref reader) => reader.ReadCount()));
    }

    [Fact]
    public void A_number_that_must_be_finite_is()
    {
        Read(Write(writer => writer.Write(-1e300)), (ref reader) => Assert.Equal(-1e300, reader.ReadFinite()));
        foreach (double value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
            Assert.Throws<StateMismatchException>(() => Read(Write(writer => writer.Write(value)), (ref reader) => reader.ReadFinite()));
    }

    [Fact]
    public void A_truth_value_is_0_or_1() => Assert.Throws<StateMismatchException>(() => Read([2], (ref reader) => reader.ReadBool()));

    [Fact]
    public void Another_shape_is_refused_with_both_values()
    {
        byte[] bytes = Write(writer => writer.Shape("Factors", 32));
        StateMismatchException e = Assert.Throws<StateMismatchException>(() => Read(bytes, (ref reader) => reader.Shape("Factors", 16)));
        Assert.Equal("The snapshot was made with Factors = 32; the configuration says 16.", e.Message);
        e = Assert.Throws<StateMismatchException>(() => Read(bytes, (ref reader) => reader.Shape("Width", 32)));
        Assert.Equal("The snapshot has 'Factors' where 'Width' is needed.", e.Message);

        bytes = Write(writer => writer.Shape("Delta", .1));
        e = Assert.Throws<StateMismatchException>(() => Read(bytes, (ref reader) => reader.Shape("Delta", .2)));
        Assert.Equal("The snapshot was made with Delta = 0.1; the configuration says 0.2.", e.Message);

        bytes = Write(writer => writer.Shape("Variant", "moa"));
        e = Assert.Throws<StateMismatchException>(() => Read(bytes, (ref reader) => reader.Shape("Variant", "river")));
        Assert.Equal("The snapshot was made with Variant = moa; the configuration says river.", e.Message);
    }
}
