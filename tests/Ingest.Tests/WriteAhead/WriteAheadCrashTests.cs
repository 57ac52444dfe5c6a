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

/// <summary>
/// Processes that die while they write, again and again: of what was answered nothing is lost, nothing is there twice, and the order is that of the numbers.
/// </summary>
public class WriteAheadCrashTests
{
    [Fact]
    public void Whatever_was_answered_survives_any_number_of_crashes_once_and_in_order() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(4711, 17), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => RunAsync(seed).GetAwaiter().GetResult()));

    private static async Task RunAsync(int seed)
    {
        using TempFolder folder = new();
        CounterRng rng = new((ulong)seed, 1);
        ManualClock clock = new();
        WriteAheadOptions options = new() { Directory = Path.Combine(folder.Root, "wal"), SegmentBytes = 4096 };
        List<int> answered = [], sent = [];
        for (int life = 0; life < 6; life++)
        {
            DyingDisk disk = new() { WritesLeft = (int)rng.NextBelow(12), Share = rng.NextBelow(101) / 100.0 };
            await using WriteAheadLog log = new(options, 1 << 20, clock, disk.Create);
            log.Open();
            try
            {
                while (true)
                {
                    int[] records = [.. Enumerable.Range(sent.Count, 1 + (int)rng.NextBelow(5))];
                    sent.AddRange(records);
                    await log.AppendAsync(Encoding.UTF8.GetBytes(string.Concat(records.Select(n => $"{{\"n\":{n},\"pad\":\"{new string('x', n % 300)}\"}}\n"))));
                    answered.AddRange(records);
                    if (rng.NextBelow(4) == 0) clock.Advance(TimeSpan.FromHours(7));
                }
            }
            catch (SourceException)
            {
                // The process is dead.
            }
        }

        WriteAheadLog last = new(options, 1 << 20, clock);
        last.Open();
        List<int> kept = [];
        using (SegmentReader reader = new(last))
        {
            reader.Begin();
            while (reader.TryRead(out ReadOnlySpan<byte> record, out RecordOrigin origin))
            {
                Assert.Equal(kept.Count, origin.Offset);
                string text = Encoding.UTF8.GetString(record);
                int at = text.IndexOf("\"n\":", StringComparison.Ordinal) + 4;
                kept.Add(int.Parse(text.AsSpan(at, text.IndexOf(',', at) - at), CultureInfo.InvariantCulture));
            }

            Assert.Equal(last.DurableRecords, reader.Next);
        }

        await last.DisposeAsync();
        Assert.Equal(kept.Order(), kept);
        Assert.Equal(kept.Count, kept.Distinct().Count());
        Assert.Empty(answered.Except(kept));
    }

    /// <summary>A disk that takes some writes, then a part of one, and then nothing.</summary>
    private sealed class DyingDisk
    {
        public int WritesLeft { get; set; }

        public double Share { get; init; }

        public ISegmentFile Create(string path) => new DyingFile(new SegmentFile(path), this);
    }

    private sealed class DyingFile(SegmentFile file, DyingDisk disk) : ISegmentFile
    {
        public void Write(ReadOnlySpan<byte> bytes)
        {
            bool dies = disk.WritesLeft-- <= 0;
            file.Write(dies ? bytes[..(int)(bytes.Length * disk.Share)] : bytes);
        }

        public void Sync()
        {
            if (disk.WritesLeft < 0) throw new IOException("The power is gone");
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
