using System.Diagnostics;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.Stages;
using Streaming.Host.Graph;
using Streaming.Host.Snapshots;
using Streaming.Host.Views;
using Streaming.Operators.Sketches;
using Streaming.Pipeline.Tests.Memory;
using Streaming.Shared.Chaos;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Pipeline.Tests.Snapshots;

/// <summary>A Count-Min sketch of 100 MB that publishes for views: how long that holds up the stream, also while a snapshot is written of it.</summary>
[Collection(nameof(Alone))]
public sealed class LargeViewTests(ITestOutputHelper output) : IDisposable
{
    private const long Events = 30_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    [InlineData(5_000_000)]
    public async Task A_hundred_megabytes_are_published_without_a_stall(long every)
    {
        if (Environment.GetEnvironmentVariable("STREAMING_SOAK") != "1") Assert.Skip("takes half a minute and 1 GB: STREAMING_SOAK=1 (./test --soak) runs it");
        CountMinStageOptions options = new() { Width = 1 << 23, Depth = 3 };
        PlannedStage stage = new("counts", SketchStages.All.Single(s => s.Name == "count-min"), options, StageBinding.Free("counts"), [], [], 0);
        ViewBoard board = new();
        RateSink rate = new();
        using SnapshotCoordinator snapshots = new(new SnapshotStore(_folder.File("snapshots"), keep: 1), parts: 3, TimeProvider.System);
        using BatchPool pool = new(6, 1024, 0, 0);
        EntityKeyCodec names = new(1);
        StagePublisher publisher = board.Add(0, stage, names, TimeProvider.System);
        await using (Spine spine = new(
            [
                new StageNode("keys", "test", new Spreading(), snapshots, TimeProvider.System),
                new StageNode("counts", "count-min", stage.Type.Create(options, stage.Binding), snapshots, TimeProvider.System) { Publisher = publisher },
            ],
            [new SinkNode("rate", rate, snapshots)]))
        {
            // Snapshots at the same numbers of records as every fifth million of them: the sketch is then written for both at the same time.
            BatchStream stream = new(new CountingSource(Events), new SourceContext(pool, 1024, CutEvery: 5_000_000) { PublishEvery = every }, new SourcePosition(), names) { Snapshots = snapshots };
            await DataflowRunner.RunAsync(spine, stream, snapshots, CancellationToken.None);
            publisher.WaitForCopy();
            long begun = Stopwatch.GetTimestamp();
            StageView view = board.Refresh()[0];
            output.WriteLine(
                $"every {every:N0}: {rate.PerSecond / 1e6:F2} M events a second; the longest gap between batches {rate.LongestGap.TotalMilliseconds:F1} ms; publishing held the stage up for "
                + $"{publisher.LongestHeld.TotalMilliseconds:F2} ms at most, {publisher.Held.TotalMilliseconds:F1} ms in all; a snapshot {snapshots.LongestPause.TotalMilliseconds:F2} ms at most; "
                + $"a view of one shard in {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:F0} ms; {(view.Parts.Length == 0 ? 0 : view.Parts[0].Bytes) / 1e6:F1} MB");
            Assert.Equal(every == 0 ? 0 : Events, view.Parts.Length == 0 ? 0 : view.Parts[0].Records);
            board.Remove(0);
        }

        if (every >= 5_000_000) Assert.True(publisher.LongestHeld < TimeSpan.FromMilliseconds(20), $"Publishing held the stage up for {publisher.LongestHeld.TotalMilliseconds:F1} ms; 20 are allowed.");
    }

    private sealed class Spreading : IOperator
    {
        public void Process(EventBatch batch)
        {
            foreach (ref Event e in batch.Events)
            {
                e.Kind = EventKind.Interaction;
                e.Item = 1 + ((((ulong)e.Offset * 0x9E3779B97F4A7C15UL) >> 20) % 20_000_000);
            }
        }

        public void Complete()
        {
        }

        public void Report(StageReport report)
        {
        }
    }

    private sealed class RateSink : ISink
    {
        private readonly long _begun = Stopwatch.GetTimestamp();
        private long _last = Stopwatch.GetTimestamp();

        public double PerSecond { get; private set; }

        public TimeSpan LongestGap { get; private set; }

        public ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
        {
            if (batch.Count == 0) return ValueTask.CompletedTask;
            long now = Stopwatch.GetTimestamp();
            TimeSpan gap = Stopwatch.GetElapsedTime(_last, now);
            if (batch.FirstOrdinal > 1_000_000 && gap > LongestGap) LongestGap = gap;
            (_last, PerSecond) = (now, (batch.FirstOrdinal + batch.Count) / Stopwatch.GetElapsedTime(_begun, now).TotalSeconds);
            return ValueTask.CompletedTask;
        }

        public ValueTask FlushAsync(long epoch, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
