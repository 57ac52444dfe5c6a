using System.Diagnostics;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Host.Graph;
using Streaming.Host.Snapshots;
using Streaming.Operators.Models;
using Streaming.Pipeline.Tests.Memory;
using Streaming.Shared.Chaos;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Pipeline.Tests.Snapshots;

/// <summary>A snapshot of a gibibyte: how long it holds up the stream, and how long a restart takes.</summary>
[Collection(nameof(Alone))]
public sealed class LargeStateTests(ITestOutputHelper output) : IDisposable
{
    private const int Entities = 3_710_000; // of each kind, 145 bytes each with 32 factors: a gibibyte
    private const long Barrier = 12_000_000;
    private const long End = 23_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_gibibyte_of_factors_pauses_the_stream_for_milliseconds_and_is_back_in_seconds()
    {
        if (Environment.GetEnvironmentVariable("STREAMING_SOAK") != "1") Assert.Skip("takes a minute and 3 GB: STREAMING_SOAK=1 (./test --soak) runs it");
        SnapshotStore store = new(_folder.File("snapshots"), keep: 1);
        BiasedMfOptions options = new() { Factors = 32, Users = Entities, Items = Entities };
        GapSink gaps = new();
        using SnapshotCoordinator snapshots = new(store, parts: 3, TimeProvider.System);
        using (RatingModelOperator model = Model(options))
        {
            Spine spine = new(
                [new StageNode("keys", "test", new Spreading(), snapshots, TimeProvider.System), new StageNode("mf", "biased-mf", model, snapshots, TimeProvider.System)],
                [new SinkNode("gaps", gaps, snapshots)]);
            using BatchPool pool = new(6, 1024, 0, 0);
            BatchStream stream = new(new CountingSource(End), new SourceContext(pool, 1024, Barrier), new SourcePosition(), new EntityKeyCodec(1)) { Snapshots = snapshots };
            await DataflowRunner.RunAsync(spine, stream, snapshots, CancellationToken.None);
        }

        Assert.Equal(2, snapshots.Written); // one in the middle, one at the end
        string file = Directory.EnumerateFiles(store.Folder, "*.bin").Single();
        long begun = Stopwatch.GetTimestamp();
        using RatingModelOperator resumed = Model(options);
        LoadedSnapshot loaded = store.LoadNewest(Assert.Fail)!;
        SnapshotRestorer.Restore(loaded, [("mf", resumed)], _ => { });
        TimeSpan restore = Stopwatch.GetElapsedTime(begun);
        output.WriteLine(
            $"{new FileInfo(file).Length / 1e6:F0} MB; a part was held up for {snapshots.LongestPause.TotalMilliseconds:F2} ms at most; the longest gap between batches was "
            + $"{gaps.Before.TotalMilliseconds:F1} ms before the barrier, {gaps.After.TotalMilliseconds:F1} ms from it on; "
            + $"{gaps.Rate(before: true):F2} M events a second before, {gaps.Rate(before: false):F2} from it on; written in {snapshots.LastWriting.TotalSeconds:F1} s; restored in {restore.TotalSeconds:F1} s");
        Assert.True(new FileInfo(file).Length > 1 << 30, "That was no gibibyte.");
        Assert.Equal(Entities, ((IModelStatistics)resumed.Model).Users);
        Assert.True(snapshots.LongestPause < TimeSpan.FromMilliseconds(20), $"A barrier held up a part for {snapshots.LongestPause.TotalMilliseconds:F1} ms; 20 are allowed.");
        Assert.True(restore < TimeSpan.FromSeconds(10), $"The restart took {restore.TotalSeconds:F1} s; 10 are allowed.");
    }

    private static RatingModelOperator Model(BiasedMfOptions options) => new(StageBinding.Free(), new BiasedMf<float>(options, seed: 1, ranking: false));

    /// <summary>Gives each event keys of its own until all entities have come, and any of them from then on.</summary>
    private sealed class Spreading : IOperator
    {
        public void Process(EventBatch batch)
        {
            foreach (ref Event e in batch.Events)
            {
                e.Kind = EventKind.Interaction;
                e.Weight = 1;
                ulong n = (ulong)e.Offset, mixed = (n ^ (n >> 13)) * 0x9E3779B97F4A7C15UL;
                e.User = 1 + (n < Entities ? n : (mixed >> 20) % Entities);
                e.Item = 1 + (n < Entities ? n : (mixed >> 32) % Entities);
            }
        }

        public void Complete()
        {
        }

        public void Report(StageReport report)
        {
        }
    }

    /// <summary>The longest time between two batches, before the first barrier and from there on, once all entities have come.</summary>
    private sealed class GapSink : ISink
    {
        private long _last;
        private TimeSpan _timeBefore;
        private TimeSpan _timeAfter;
        private bool _cut;

        public TimeSpan Before { get; private set; }

        public TimeSpan After { get; private set; }

        public double Rate(bool before) => (before ? Barrier - Entities : End - Barrier) / 1e6 / (before ? _timeBefore : _timeAfter).TotalSeconds;

        public ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
        {
            if (batch.Count == 0) return ValueTask.CompletedTask; // the last waits for the snapshot
            long now = Stopwatch.GetTimestamp();
            TimeSpan gap = Stopwatch.GetElapsedTime(_last, now);
            _last = now;
            if (batch.FirstOrdinal < Entities) return ValueTask.CompletedTask;
            _cut |= batch.Barrier > 0;
            if (_cut) (After, _timeAfter) = (gap > After ? gap : After, _timeAfter + gap);
            else (Before, _timeBefore) = (gap > Before ? gap : Before, _timeBefore + gap);
            return ValueTask.CompletedTask;
        }

        public ValueTask FlushAsync(long epoch, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
