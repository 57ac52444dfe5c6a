using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Files;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Files;

/// <summary>Logs that are compressed, piped, or in several files.</summary>
public sealed class FileSourcePipeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<LogOrder> Orders => [LogOrder.Time, LogOrder.File];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_resume_on_the_standard_input_passes_over_what_was_read(LogOrder order)
    {
        byte[] log = Encoding.UTF8.GetBytes("user,item,rating\n" + string.Join('\n', Enumerable.Range(0, 50).Select(i => $"u{i},i,{i}")));
        SourceOptions options = new() { Paths = ["-"], Order = order };
        Reading whole = await Reading.Of(options, standardInput: log);
        Assert.Equal(50, whole.Events.Count);
        Assert.All(whole.Progress, p => Assert.True(double.IsNaN(p)));
        Reading rest = await Reading.Of(options, standardInput: log, from: whole.Positions[2]);
        Assert.Equal(whole.Events.Skip(21), rest.Events);
    }

    [Fact]
    public async Task Gzip_and_several_files_are_read_as_one_log()
    {
        string plain = _folder.Write("a.dat", "1::2::3::4\r\n5::6::7::8");
        string zipped = _folder.WriteGzip("b.csv.gz", "\uFEFFuserId,movieId,rating,timestamp\r\n\r\n9,10,5,12\n");
        string empty = _folder.Write("empty.dat", string.Empty);
        Reading reading = await Reading.Of(new SourceOptions { Paths = [empty, plain, zipped], Order = LogOrder.File });
        Assert.Equal(["0 1 2 3 4000000", "1 5 6 7 8000000", "2 9 10 5 12000000"], reading.Events);
        Assert.Equal((3, 0, 3), (reading.Last.Records, reading.Last.RejectedTotal, reading.Last.Events));
    }

    [Fact]
    public async Task Compressed_data_that_is_damaged_or_ends_early_is_a_failure_of_the_file()
    {
        string whole = _folder.WriteGzip("r.dat.gz", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i}::{i * 7 % 1000}::3::{i}\n")));
        byte[] bytes = File.ReadAllBytes(whole);
        byte[] damaged = [.. bytes];
        damaged[bytes.Length / 2] ^= 0xFF;
        damaged[(bytes.Length / 2) + 1] ^= 0xFF;
        foreach (byte[] bad in (byte[][])[bytes[..(bytes.Length / 2)], damaged])
        {
            string path = _folder.Write("bad.dat.gz", bad);
            Reading reading = await Reading.Of(new SourceOptions { Paths = [path], Order = LogOrder.File, MaxBadRatio = 1 }, batchSize: 64, expectFailure: true);
            Assert.IsType<SourceException>(reading.Failure);
            Assert.Contains(path, reading.Failure!.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Gzip_on_the_standard_input_is_decompressed(LogOrder order)
    {
        byte[] zipped = File.ReadAllBytes(_folder.WriteGzip("r.dat.gz", "1::2::3::4\n5::6::7::8\n"));
        SourceOptions options = new() { Paths = ["-"], Order = order };
        Reading whole = await Reading.Of(options, batchSize: 1, standardInput: zipped);
        Assert.Equal(["0 1 2 3 4000000", "1 5 6 7 8000000"], whole.Events);
        Assert.Equal(whole.Events.Skip(1), (await Reading.Of(options, batchSize: 1, standardInput: zipped, from: whole.Positions[0])).Events);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1::2::3::4")]
    public async Task A_short_standard_input_is_read_to_its_last_byte(string log)
    {
        Reading reading = await Reading.Of(
            new SourceOptions { Paths = ["-"], Format = "movielens", MaxBadRatio = 1, Order = LogOrder.File }, standardInput: Encoding.UTF8.GetBytes(log));
        Assert.Equal(log.Length > 1 ? ["0 1 2 3 4000000"] : [], reading.Events);
        Assert.Equal(log.Length == 1 ? 1 : 0, reading.Rejections.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_named_pipe_is_read_like_the_standard_input(bool compressed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Named pipes are files on Unix only.");
        const string Log = "1::2::3::4\n5::6::7::8\n";
        byte[] bytes = compressed ? File.ReadAllBytes(_folder.WriteGzip("r.dat.gz", Log)) : Encoding.UTF8.GetBytes(Log);
        string pipe = Path.Combine(_folder.Root, "pipe");
        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", pipe)) await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        foreach (LogOrder order in Enum.GetValues<LogOrder>())
        {
            // Each end waits for the other to open.
            Task writing = Task.Run(() => File.WriteAllBytes(pipe, bytes), TestContext.Current.CancellationToken);
            Reading reading = await Task.Run(() => Reading.Of(new SourceOptions { Paths = [pipe], Order = order }), TestContext.Current.CancellationToken);
            await writing;
            Assert.Equal(["0 1 2 3 4000000", "1 5 6 7 8000000"], reading.Events);
            Assert.True(double.IsNaN(reading.Progress[^1]));
        }
    }

    [Fact]
    public async Task A_shorter_standard_input_on_resume_is_refused()
    {
        byte[] log = Encoding.UTF8.GetBytes("user,item,rating\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"u{i},i,{i}\n")));
        SourceOptions options = new() { Paths = ["-"], Order = LogOrder.File };
        SourcePosition position = (await Reading.Of(options, standardInput: log)).Positions[2];
        Reading rest = await Reading.Of(options, standardInput: log[..100], from: position, expectFailure: true);
        Assert.Contains("the snapshot was taken after line 22", rest.Failure!.Message);
    }

    [Fact]
    public async Task A_log_that_is_loaded_to_be_sorted_can_be_given_up()
    {
        using CancellationTokenSource cancellation = new();
        using BatchPool pool = new(1, 16, 0, 0);
        using EndlessLog log = new(cancellation.Cancel);
        await using FileSource source = new(new SourceOptions { Paths = ["-"], Format = "csv", SortCapacity = 1_000_000 }, new EntityKeyCodec(1), () => log);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (BatchLease lease in source.ReadAsync(new SourcePosition(), new SourceContext(pool, 16), cancellation.Token)) lease.Release();
        });
        Assert.Equal(0, pool.Rented);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The same row for ever.</summary>
    private sealed class EndlessLog(Action onRead) : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            ReadOnlySpan<byte> row = "1,2,3,4\n"u8;
            onRead();
            int rows = Math.Max(1, buffer.Length / row.Length);
            for (int i = 0; i < rows; i++) row[..Math.Min(row.Length, buffer.Length)].CopyTo(buffer[(i * row.Length)..]);
            return Math.Min(buffer.Length, rows * row.Length);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
