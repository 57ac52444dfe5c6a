using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Tests.Support;
using Streaming.Ingest.WriteAhead;
using Streaming.Shared.Time;

namespace Streaming.Ingest.Tests.WriteAhead;

/// <summary>A sender that tries again until it is answered, and a process that dies between the write, the sync and the answer: each request is there once, whole, and in the order in which it was begun.</summary>
public class WriteAheadRetryTests
{
    [Fact]
    public void Every_request_counts_once_however_often_it_is_sent() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(4711, 17), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => RunAsync(seed).GetAwaiter().GetResult()));

    private static async Task RunAsync(int seed)
    {
        using TempFolder folder = new();
        CounterRng rng = new((ulong)seed, 1);
        ManualClock clock = new();
        WriteAheadOptions options = new() { Directory = Path.Combine(folder.Root, "wal"), SegmentBytes = 4096 };
        List<string> sent = [];
        string? unanswered = null;
        int repeated = 0;
        for (int life = 0; life < 12; life++)
        {
            bool last = life == 11;
            Disk disk = new() { Operations = last ? int.MaxValue : (int)rng.NextBelow(25), Share = rng.NextBelow(101) / 100.0 };
            await using WriteAheadLog log = new(options, 1 << 20, clock, disk.Create);
            log.Open();
            try
            {
                for (int i = 0; !last || i < 3; i++)
                {
                    if (unanswered is null)
                    {
                        unanswered = string.Concat(Enumerable.Range(0, 1 + (int)rng.NextBelow(4)).Select(n => $"{{\"pad\":\"{new string('x', (int)rng.NextBelow(200))}\",\"n\":{sent.Count * 10 + n}}}\n"));
                        sent.Add(unanswered);
                    }

                    AppendResult result = await log.AppendAsync(Encoding.UTF8.GetBytes(unanswered), $"request {sent.Count}", CancellationToken.None);
                    Assert.Contains(result.Status, (AppendStatus[])[AppendStatus.Accepted, AppendStatus.Repeated]);
                    Assert.Equal(unanswered.Count(c => c == '\n'), result.Records);
                    if (result.Status == AppendStatus.Repeated) repeated++;
                    // The answer may get lost, too: then it is sent again in this life.
                    if (rng.NextBelow(3) > 0) unanswered = null;
                    if (rng.NextBelow(20) == 0) clock.Advance(TimeSpan.FromMinutes(1));
                }
            }
            catch (SourceException)
            {
                // The process is dead.
            }
        }

        IEnumerable<string> lines = Directory.GetFiles(options.Directory, "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines);
        Assert.Equal(sent.SelectMany(s => s.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(Number), lines.Select(Number));
        Assert.True(repeated > 0);
    }

    private static int Number(string line) => int.Parse(line.AsSpan(line.LastIndexOf(':') + 1).TrimEnd('}'), CultureInfo.InvariantCulture);

    /// <summary>A disk that does so many operations, a part of one write, and then nothing: it dies before a sync, in a write, or right after a sync, before anybody has heard of it.</summary>
    private sealed class Disk
    {
        public int Operations { get; set; }

        public double Share { get; init; }

        public ISegmentFile Create(string path) => new DyingFile(new SegmentFile(path), this);
    }

    private sealed class DyingFile(SegmentFile file, Disk disk) : ISegmentFile
    {
        public void Write(ReadOnlySpan<byte> bytes)
        {
            bool dies = disk.Operations-- <= 0;
            file.Write(dies ? bytes[..(int)(bytes.Length * disk.Share)] : bytes);
            if (dies) throw new IOException("The power is gone");
        }

        public void Sync()
        {
            bool dies = disk.Operations-- <= 0;
            if (!dies || disk.Share > 0.5) file.Sync();
            if (dies) throw new IOException("The power is gone");
        }

        public void Dispose() => file.Dispose();
    }
}
