using System.Buffers;
using Streaming.Abstractions.State;
using Streaming.Shared.Files;
using Streaming.Shared.State;
using Streaming.Sinks.Files;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Files;

public sealed class ResumableFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static void Line(ResumableFile file, ReadOnlySpan<byte> text)
    {
        file.Start();
        file.Write(text);
        file.EndLine();
    }

    private static ResumableFile Restored(string path, long length, bool onDemand = false)
    {
        ResumableFile file = new(path, onDemand);
        StateBytes.Read(StateBytes.Write((ref writer) => writer.Write(length)), file.Restore);
        return file;
    }

    [Fact]
    public void Blocks_end_with_a_line()
    {
        string path = _folder.File("f");
        using ResumableFile file = new(path, onDemand: false);
        byte[] line = [.. Enumerable.Repeat((byte)'x', 999)];
        for (int i = 0; i < 1000; i++)
        {
            Line(file, line);
            Assert.Equal(0, new FileInfo(path).Length % 1000);
        }

        Assert.InRange(new FileInfo(path).Length, 500_000, 999_000);
        Assert.Equal(1_000_000, file.Length);
        file.FlushToDisk();
        Assert.Equal(1_000_000, new FileInfo(path).Length);
    }

    [Fact]
    public void A_line_longer_than_a_block_is_written_whole()
    {
        string path = _folder.File("f");
        using ResumableFile file = new(path, onDemand: false);
        byte[] line = [.. Enumerable.Range(0, 1_000_000).Select(i => (byte)('a' + (i % 26)))];
        Line(file, "short"u8);
        Line(file, line);
        Line(file, "end"u8);
        file.FlushToDisk();
        Assert.Equal([.. "short\n"u8, .. line, .. "\nend\n"u8], File.ReadAllBytes(path));
    }

    [Fact]
    public void A_missing_file_is_no_resume()
    {
        IOException e = Assert.Throws<IOException>(() => Restored(_folder.File("gone.jsonl"), 12).Dispose());
        Assert.Contains("gone.jsonl is missing; it had 12 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shorter_file_is_no_resume_and_stays_as_it_is()
    {
        string path = _folder.File("short.jsonl");
        File.WriteAllText(path, "12345");
        IOException e = Assert.Throws<IOException>(() => Restored(path, 6).Dispose());
        Assert.Contains("short.jsonl has 5 bytes; it had 6", e.Message, StringComparison.Ordinal);
        Assert.Equal("12345", File.ReadAllText(path));
    }

    [Fact]
    public void A_length_below_zero_is_no_snapshot() => Assert.Throws<StateMismatchException>(() => Restored(_folder.File("f"), -1).Dispose());

    [Fact]
    public void A_restored_file_is_cut_when_the_run_starts_and_not_before()
    {
        string path = _folder.File("f");
        File.WriteAllText(path, "one\ntwo\nthree\n");
        using ResumableFile file = Restored(path, 8);
        Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(path));
        Assert.Equal(8, file.Length);
        file.Start();
        Assert.Equal("one\ntwo\n", File.ReadAllText(path));
        Line(file, "drei"u8);
        file.FlushToDisk();
        Assert.Equal("one\ntwo\ndrei\n", File.ReadAllText(path));
        Assert.Equal(13, file.Length);
    }

    [Fact]
    public void Restored_to_nothing_is_a_fresh_start()
    {
        string path = _folder.File("f");
        using (ResumableFile absent = Restored(path, 0)) absent.FlushToDisk();
        Assert.Equal("", File.ReadAllText(path));
        File.WriteAllText(path, "left over");
        using (ResumableFile present = Restored(path, 0)) present.FlushToDisk();
        Assert.Equal("", File.ReadAllText(path));
    }

    [Fact]
    public void A_file_on_demand_comes_with_its_first_line()
    {
        string path = _folder.File("f");
        using ResumableFile file = new(path, onDemand: true);
        file.Start();
        file.FlushToDisk();
        Assert.False(File.Exists(path));
        Line(file, "x"u8);
        file.FlushToDisk();
        Assert.Equal("x\n", File.ReadAllText(path));
    }

    [Fact]
    public void Closing_keeps_whole_lines_only()
    {
        string path = _folder.File("f");
        using (ResumableFile file = new(path, onDemand: false))
        {
            Line(file, "one"u8);
            file.Write("half"u8);
        }

        Assert.Equal("one\n", File.ReadAllText(path));
    }

    [Fact]
    public void Closing_after_the_disk_failed_does_not_fail_again()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        using ResumableFile file = new("/dev/full", onDemand: false);
        Line(file, "one"u8);
        Assert.Throws<IOException>(file.HandOver);
        file.Dispose();
    }

    [Fact]
    public void Restoring_a_file_in_use_is_refused()
    {
        using ResumableFile file = new(_folder.File("f"), onDemand: false);
        file.Start();
        Assert.Throws<InvalidOperationException>(() =>
        {
            StateReader reader = new(new ReadOnlySequence<byte>(new byte[8]));
            file.Restore(ref reader);
        });
    }

    [Fact]
    public void A_folder_in_its_place_is_an_error_of_the_disk()
    {
        Directory.CreateDirectory(_folder.File("f"));
        using ResumableFile file = new(_folder.File("f"), onDemand: false);
        Assert.Throws<IOException>(file.Start);
    }
}
