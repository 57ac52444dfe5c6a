using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Files;

namespace Streaming.Ingest.Tests.Files;

public class LineReaderTests
{
    [Fact]
    public void Lines_are_those_of_the_whole_text_however_the_bytes_arrive()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            CounterRng rng = new(seed, 0);
            const int Max = 20;
            byte[] text = new byte[rng.NextBelow(300)];
            for (int i = 0; i < text.Length; i++) text[i] = "ab\n\r\nccccccccccccc"u8[(int)rng.NextBelow(18)];
            LineReader reader = new(new Trickle(text, seed), Max);
            List<string> expected = Expected(text, Max), found = [];
            while (reader.TryRead(out ReadOnlySpan<byte> line))
                found.Add($"{reader.Lines} {reader.Bytes} {(reader.TooLong ? reader.LongLength : -1)} {Encoding.ASCII.GetString(line)}");
            Assert.Equal(expected, found);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(5, 9));
    }

    [Fact]
    public void Paragraphs_are_those_of_the_whole_text_however_the_bytes_arrive()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            CounterRng rng = new(seed, 0);
            const int Max = 20;
            byte[] text = new byte[rng.NextBelow(300)];
            for (int i = 0; i < text.Length; i++) text[i] = "a\n\n\r\nb"u8[(int)rng.NextBelow(6 - (seed % 3))];
            List<string> expected = Paragraphs(text, Max), found = [];
            LineReader reader = new(new Trickle(text, seed), Max) { Framing = Framing.Paragraph };
            while (reader.TryRead(out ReadOnlySpan<byte> paragraph)) found.Add(Describe(reader, paragraph));
            Assert.Equal(expected, found);

            // Each place between two paragraphs is one to go on from.
            LineReader first = new(new Trickle(text, seed), Max) { Framing = Framing.Paragraph };
            for (int read = 0; read < expected.Count; read++)
            {
                Assert.True(first.TryRead(out _));
                LineReader rest = new(new MemoryStream(text[(int)first.Bytes..]), Max, first.Bytes, first.Lines) { Framing = Framing.Paragraph };
                Assert.Equal(read + 1 < expected.Count, rest.TryRead(out ReadOnlySpan<byte> next));
                if (read + 1 < expected.Count) Assert.Equal(expected[read + 1], Describe(rest, next));
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithReplay(5, 9));
    }

    [Fact]
    public void A_paragraph_of_a_hundred_megabytes_is_passed_over_in_constant_memory()
    {
        using Endless input = new(100_000_000, "\nmore\r\n\r\n\nnext\nand last"u8.ToArray());
        LineReader reader = new(input, 1 << 20) { Framing = Framing.Paragraph };
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(reader.TryRead(out ReadOnlySpan<byte> paragraph));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.Equal((true, 100_000_005L, LineReader.KeptBytes), (reader.TooLong, reader.LongLength, paragraph.Length));
        Assert.True(reader.TryRead(out paragraph));
        Assert.Equal("next\nand last", Encoding.ASCII.GetString(paragraph));
        Assert.Equal((false, 5L, 6L), (reader.TooLong, reader.FirstLine, reader.Lines));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Reading_paragraphs_allocates_nothing()
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("shared | a\n0:1:0.5 | b\n\n", 20_000)));
        LineReader reader = new(new MemoryStream(text), 1 << 20) { Framing = Framing.Paragraph };
        Assert.True(reader.TryRead(out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int paragraphs = 1;
        while (reader.TryRead(out _)) paragraphs++;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(20_000, paragraphs);
    }

    [Fact]
    public void A_line_of_a_hundred_megabytes_is_passed_over_in_constant_memory()
    {
        using Endless input = new(100_000_000, "\nnext\n"u8.ToArray());
        LineReader reader = new(input, 1 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(reader.TryRead(out ReadOnlySpan<byte> line));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.True(reader.TooLong);
        Assert.Equal(100_000_000, reader.LongLength);
        Assert.Equal(LineReader.KeptBytes, line.Length);
        Assert.True(reader.TryRead(out line));
        Assert.Equal("next", Encoding.ASCII.GetString(line));
        Assert.Equal(2, reader.Lines);
        Assert.False(reader.TooLong);
        Assert.False(reader.TryRead(out _));
        Assert.Equal(100_000_006, reader.Bytes);
    }

    [Fact]
    public void Reading_lines_allocates_nothing()
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1::2::3::4\n", 50_000)));
        LineReader reader = new(new MemoryStream(text), 1 << 20);
        Assert.True(reader.TryRead(out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int lines = 1;
        while (reader.TryRead(out _)) lines++;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(50_000, lines);
    }

    [Fact]
    public void Peeking_gives_the_beginning_and_takes_nothing()
    {
        byte[] text = Encoding.UTF8.GetBytes("\uFEFFone\ntwo");
        LineReader reader = new(new Trickle(text, 3), 100);
        reader.SkipByteOrderMark();
        Assert.Equal("one\ntwo", Encoding.UTF8.GetString(reader.Peek(64)));
        Assert.True(reader.TryRead(out ReadOnlySpan<byte> line));
        Assert.Equal("one", Encoding.UTF8.GetString(line));
        Assert.Equal(7, reader.Bytes);
    }

    private static List<string> Expected(byte[] text, int max)
    {
        List<string> lines = [];
        for (int start = 0; start < text.Length;)
        {
            int end = Array.IndexOf(text, (byte)'\n', start), next = end < 0 ? text.Length : end + 1;
            if (end < 0) end = text.Length;
            else if (end > start && text[end - 1] == (byte)'\r') end--;
            int length = end - start;
            lines.Add($"{lines.Count + 1} {next} {(length > max ? length : -1)} {Encoding.ASCII.GetString(text, start, length)}");
            start = next;
        }

        return lines;
    }

    private static string Describe(LineReader reader, ReadOnlySpan<byte> paragraph) =>
        $"{reader.FirstLine}-{reader.Lines} {reader.Bytes} {(reader.TooLong ? reader.LongLength : -1)} "
        + Encoding.ASCII.GetString(reader.TooLong ? paragraph[..Math.Min(paragraph.Length, 5)] : paragraph);

    /// <summary>From the lines: those between empty ones, with the empty one that follows.</summary>
    private static List<string> Paragraphs(byte[] text, int max)
    {
        List<string> paragraphs = [];
        int begin = -1, end = 0, first = 0, line = 0;
        for (int start = 0; start <= text.Length;)
        {
            int feed = start < text.Length ? Array.IndexOf(text, (byte)'\n', start) : -1, stop = feed < 0 ? text.Length : feed, next = feed < 0 ? text.Length : feed + 1;
            if (feed > start && text[feed - 1] == (byte)'\r') stop--;
            bool empty = stop == start;
            if (!empty || feed >= 0) line++;
            if (!empty)
            {
                if (begin < 0) (begin, first) = (start, line);
                end = stop;
            }

            if (begin >= 0 && (empty || feed < 0))
            {
                int length = end - begin;
                string content = Encoding.ASCII.GetString(text, begin, length > max ? 5 : length);
                paragraphs.Add($"{first}-{line} {next} {(length > max ? length : -1)} {content}");
                begin = -1;
            }

            if (feed < 0) break;
            start = next;
        }

        return paragraphs;
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes, ulong seed) : MemoryStream(bytes)
    {
        private CounterRng _rng = new(seed, 1);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1 + (int)_rng.NextBelow(7)));
    }

    /// <summary>So many equal bytes, then an end.</summary>
    private sealed class Endless(long count, byte[] end) : Stream
    {
        private long _left = count;
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int n = (int)Math.Min(count, _left > 0 ? _left : end.Length - _at);
            if (_left > 0)
            {
                buffer.AsSpan(offset, n).Fill((byte)'x');
                _left -= n;
            }
            else
            {
                end.AsSpan(_at, n).CopyTo(buffer.AsSpan(offset));
                _at += n;
            }

            return n;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
