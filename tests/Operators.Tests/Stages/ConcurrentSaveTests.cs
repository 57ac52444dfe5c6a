using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Models;
using Streaming.Operators.Sketches;
using Streaming.Operators.Windows;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Stages;

/// <summary>What another thread saves while a stage goes on is what would have been copied at the barrier, for every stage there is.</summary>
public sealed class ConcurrentSaveTests
{
    private const int Length = 1200;

    // Those whose state can be large. A stage type whose state is frozen somewhere else joins by itself; one that no longer freezes is missed here.
    private static readonly string[] Freezing =
        [
            "baseline", "biased-mf", "bpr", "content", "decayed-popularity", "eals", "ease", "ffm", "fm", "funk-mf", "hybrid", "ials", "incremental-svd", "isgd", "item-knn", "lightfm", "minhash-knn", "neighbourhood", "nmf", "pa-mf", "pmf-da", "popularity", "raisgd", "recent-popularity",
            "slim", "svd-plus-plus", "transition",
            "user-knn", "warp", "count-min", "count-window", "time-window", "lin-ucb", "stability", "thompson", "ucb1", "epsilon-greedy", "exposure",
        ];

    public static IEnumerable<TheoryDataRow<string, int>> Cases => StageCases.All.Select(c => new TheoryDataRow<string, int>(c.Type, c.Options));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_save_that_lags_behind_gives_the_bytes_of_the_barrier_and_changes_no_result(string type, int options)
    {
        StageCase subject = StageCases.Create(type, options);
        StageStream stream = new(Length, seed: 12, absurd: options % 2 == 1);
        IOperator whole = subject.Create(), frozen = subject.Create();
        long[] outputs = subject.Run(whole, stream, 0, Length, 1024);
        int width = outputs.Length / Length;
        CounterRng rng = new(13, (ulong)options);
        for (int done = 0; done < Length;)
        {
            byte[] barrier = StateBytes.Save((IStateful)frozen);
            using DeferredState first = DeferredState.Of((IStateful)frozen);
            int next = Math.Min(Length, done + 1 + (int)rng.NextBelow(120)), last = Math.Min(Length, next + 1 + (int)rng.NextBelow(30));
            Assert.Equal(outputs[(done * width)..(next * width)], subject.Run(frozen, stream, done, next, 16));

            // A second one while the first is under way: copied, but for what is published for views while a snapshot is written. A third is always copied.
            byte[] barrierMeanwhile = StateBytes.Save((IStateful)frozen);
            using DeferredState second = DeferredState.Of((IStateful)frozen, epoch: 2), third = DeferredState.Of((IStateful)frozen, epoch: 3);
            Assert.Equal(frozen is IMergeableOperator ? first.Parts : 0, first.Parts == 0 ? 0 : second.Parts);
            Assert.Equal(0, first.Parts == 0 ? 0 : third.Parts);
            Assert.Equal(outputs[(next * width)..(last * width)], subject.Run(frozen, stream, next, last, 16));
            Assert.Equal(barrierMeanwhile, second.Write());
            Assert.Equal(barrierMeanwhile, third.Write());
            Assert.Equal(barrier, first.Write());
            done = last;
        }

        Assert.Equal(StateBytes.Save((IStateful)whole), StateBytes.Save((IStateful)frozen));
        (whole as IDisposable)?.Dispose();
        (frozen as IDisposable)?.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_save_on_another_thread_gives_the_bytes_of_the_barrier(string type, int options)
    {
        StageCase subject = StageCases.Create(type, options);
        StageStream stream = new(Length, seed: 14, absurd: options % 2 == 0);
        IOperator stage = subject.Create();
        CounterRng rng = new(15, (ulong)options);
        for (int done = 0; done < Length;)
        {
            byte[] barrier = StateBytes.Save((IStateful)stage);
            using DeferredState frozen = DeferredState.Of((IStateful)stage);
            // The writer and the stage take turns at random: each goes on when the other has done a little, or has ended.
            int next = Math.Min(Length, done + 1 + (int)rng.NextBelow(150)), progress = done, written = 0, every = 1 + (int)rng.NextBelow(40);
            Task<byte[]> saved = Task.Run(() => frozen.Write(() =>
            {
                if (Interlocked.Increment(ref written) % every != 0) return;
                int seen = Volatile.Read(ref progress);
                SpinWait wait = default;
                while (seen < next && Volatile.Read(ref progress) == seen) wait.SpinOnce(sleep1Threshold: -1);
            }));
            for (; done < next; done++)
            {
                subject.Run(stage, stream, done, done + 1, 1);
                Volatile.Write(ref progress, done + 1);
            }

            Assert.Equal(barrier, await saved);
        }

        (stage as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("biased-mf")]
    [InlineData("bpr")]
    [InlineData("eals")]
    [InlineData("isgd")]
    [InlineData("popularity")]
    [InlineData("raisgd")]
    [InlineData("svd-plus-plus")]
    [InlineData("pmf-da")]
    [InlineData("item-knn")]
    [InlineData("slim")]
    [InlineData("incremental-svd")]
    [InlineData("neighbourhood")]
    [InlineData("minhash-knn")]
    [InlineData("count-min")]
    [InlineData("count-window")]
    [InlineData("time-window")]
    public async Task Many_pages_and_two_threads_that_do_not_wait_for_each_other(string type)
    {
        foreach (bool evicting in new[] { false, true })
        {
            object options = StageCases.Types.Single(t => t.Name == type).NewOptions();
            if (options is BprOptions bpr) bpr.Sampling = NegativeSampling.Popularity;
            if (options is BiasedMfOptions biased) (biased.Schedule, biased.TimeBucketDays) = (RateSchedule.Adagrad, 1e-9);
            if (options is SvdPlusPlusOptions implicitToo) implicitToo.Interactions = evicting ? 20_000 : 200_000;
            if (options is AlternatingOptions alternating) alternating.Interactions = evicting ? 20_000 : 200_000;
            switch (options)
            {
                case RecommenderOptions o:
                    (o.Users, o.Items, o.HistoryEntries) = evicting ? (6_000, 3_000, 30_000) : (20_000, 10_000, 300_000);
                    break;
                case WindowOptions o:
                    (o.Key, o.Keys) = (WindowKey.User, evicting ? 3_000 : 20_000);
                    break;
                case CountMinOptions o:
                    (o.Width, o.Depth) = (100_000, 3);
                    break;
            }

            StageCase subject = new(StageCases.Types.Single(t => t.Name == type), options);
            IOperator stage = subject.Create();
            using BatchPool pool = subject.Pool(100);
            CounterRng rng = new(17, evicting ? 1u : 0u);
            for (int round = 0; round < 12; round++)
            {
                for (int batch = 0; batch < 20; batch++) Process(stage, pool, ref rng);
                byte[] barrier = StateBytes.Save((IStateful)stage);
                using DeferredState frozen = DeferredState.Of((IStateful)stage);
                Task<byte[]> saved = Task.Run(() => frozen.Write());
                do Process(stage, pool, ref rng);
                while (!saved.IsCompleted);
                byte[] written = await saved;
                Assert.True(barrier.AsSpan().SequenceEqual(written), $"round {round} of {type} saved something else than the state at the barrier");
            }

            (stage as IDisposable)?.Dispose();
        }
    }

    [Fact]
    public void Every_stage_whose_state_can_be_large_freezes_it()
    {
        List<string> freezing = [];
        foreach (StageType type in StageCases.Types)
        {
            StageCase subject = StageCases.Create(type.Name, 0);
            if (type.OptionsType.GetProperty("Key") is { PropertyType.IsEnum: true } key && type.Kind == StageKind.Window)
            {
                object options = type.NewOptions();
                key.SetValue(options, Enum.Parse(key.PropertyType, "User"));
                subject = new StageCase(type, options);
            }

            IOperator stage = subject.Create();
            subject.Run(stage, new StageStream(300, seed: 16, absurd: false), 0, 300, 100);
            using DeferredState state = DeferredState.Of((IStateful)stage);
            if (state.Parts > 0) freezing.Add(type.Name);
            state.Write();
            (stage as IDisposable)?.Dispose();
        }

        Assert.Equal(Freezing.Order(StringComparer.Ordinal), freezing.Order(StringComparer.Ordinal));
    }

    private static void Process(IOperator stage, BatchPool pool, ref CounterRng rng)
    {
        BatchLease lease = pool.Rent();
        for (int i = 0; i < pool.BatchCapacity; i++)
        {
            ref Event e = ref lease.Batch.Add();
            (e.User, e.Item, e.Value, e.Time) = (1 + rng.NextBelow(15_000), 1 + rng.NextBelow(8_000), 1 + rng.NextBelow(5), (long)rng.NextBelow(1000));
            e.Weight = 1;
        }

        stage.Process(lease.Batch);
        lease.Release();
    }
}
