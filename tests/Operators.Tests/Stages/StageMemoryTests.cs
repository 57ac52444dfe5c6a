using System.Runtime.InteropServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Models;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Sketches;
using Streaming.Operators.Windows;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Stages;

/// <summary>What stages take of the machine's memory. Alone, since the whole process is looked at.</summary>
[CollectionDefinition(nameof(StageMemoryTests), DisableParallelization = true)]
[Collection(nameof(StageMemoryTests))]
public sealed class StageMemoryTests
{
    private const long Megabyte = 1 << 20;

    // glibc's malloc serves requests up to the largest that was ever freed from memory it keeps, which calloc must clear and so commit; with a threshold that was set
    // it maps them.
    static StageMemoryTests()
    {
        const int MapThreshold = -3;
        try
        {
            _ = SetMalloc(MapThreshold, 1 << 17);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another allocator.
        }
    }

    [Theory]
    [InlineData("count-window")]
    [InlineData("time-window")]
    [InlineData("count-min")]
    [InlineData("space-saving")]
    [InlineData("baseline")]
    [InlineData("biased-mf")]
    [InlineData("bpr")]
    [InlineData("content")]
    [InlineData("eals")]
    [InlineData("hybrid")]
    [InlineData("ials")]
    [InlineData("isgd")]
    [InlineData("nmf")]
    [InlineData("svd-plus-plus")]
    [InlineData("pa-mf")]
    [InlineData("pmf-da")]
    [InlineData("popularity")]
    [InlineData("raisgd")]
    [InlineData("decayed-popularity")]
    [InlineData("recent-popularity")]
    [InlineData("item-knn")]
    [InlineData("transition")]
    [InlineData("user-knn")]
    [InlineData("minhash-knn")]
    [InlineData("ease")]
    [InlineData("slim")]
    [InlineData("incremental-svd")]
    [InlineData("neighbourhood")]
    [InlineData("fm")]
    [InlineData("ffm")]
    [InlineData("lightfm")]
    [InlineData("thompson")]
    [InlineData("lin-ucb")]
    [InlineData("exposure")]
    [InlineData("ranking")]
    [InlineData("rating-error")]
    [InlineData("stability")]
    public void A_large_capacity_costs_nothing_until_it_is_used_neither_memory_nor_a_snapshot_or_a_resume(string type)
    {
        StageType line = StageCases.Types.Single(t => t.Name == type);
        object options = Large(line);
        StageCase subject = new(line, options);
        StageStream stream = new(100, seed: 1, absurd: false);
        Assert.True(subject.Bytes > 150 * Megabyte || type == "ranking", $"{subject.Bytes} bytes are not many.");
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true); // memory that is used again must be cleared
        long before = Environment.WorkingSet;
        IOperator stage = subject.Create(), resumed = subject.Create();
        subject.Run(stage, stream, 0, 100, 100);
        byte[] state = StateBytes.Save((IStateful)stage);
        StateBytes.Restore((IStateful)resumed, state);
        long taken = Environment.WorkingSet - before;
        (stage as IDisposable)?.Dispose();
        (resumed as IDisposable)?.Dispose();
        Assert.True(taken < 48 * Megabyte, $"{taken / Megabyte} MB of {subject.Bytes / Megabyte} were taken for {stream.Events.Length} events.");
        Assert.True(state.Length < 100_000, $"{state.Length} bytes were written for {stream.Events.Length} events.");
    }

    [Theory]
    [InlineData("popularity")]
    [InlineData("biased-mf")]
    [InlineData("funk-mf")]
    [InlineData("item-knn")]
    [InlineData("count-window")]
    public void Full_it_takes_no_more_than_the_plan_says(string type)
    {
        StageType line = StageCases.Types.Single(t => t.Name == type);
        object options = line.NewOptions();
        switch (options)
        {
            case RecommenderOptions o:
                (o.Users, o.Items, o.HistoryEntries) = (300_000, 100_000, 3_000_000);
                break;
            case WindowOptions o:
                (o.Key, o.Keys) = (WindowKey.User, 150_000);
                break;
        }

        if (options is FunkMfOptions factors) factors.Refit = new RefitOptions { Every = 500_000, Capacity = 200_000, Slice = 16 };
        StageCase subject = new(line, options);
        Fill(subject.Create(), subject, 2_000); // what is compiled, and buffers
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        long before = Environment.WorkingSet;
        IOperator stage = subject.Create();
        Fill(stage, subject, 1_200_000);
        long taken = Environment.WorkingSet - before;
        (stage as IDisposable)?.Dispose();
        // Less where what tests before gave back is used again.
        Assert.True(taken < (subject.Bytes * 1.1) + (8 * Megabyte), $"{taken / Megabyte} MB were taken where the plan says {subject.Bytes / Megabyte}.");
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetMalloc(int parameter, int value);

    private static void Fill(IOperator stage, StageCase subject, int events)
    {
        using BatchPool pool = subject.Pool(1000);
        CounterRng rng = new(9, 9);
        for (int n = 0; n < events; n += 1000)
        {
            BatchLease lease = pool.Rent();
            for (int i = 0; i < 1000; i++)
            {
                ref Event e = ref lease.Batch.Add();
                (e.User, e.Item, e.Value, e.Time) = (1 + rng.NextBelow(1_000_000), 1 + rng.NextBelow(800_000), 1 + rng.NextBelow(5), n + i);
            }

            stage.Process(lease.Batch);
            lease.Release();
        }
    }

    private static object Large(StageType type)
    {
        object options = type.NewOptions();
        foreach ((string option, object value) in new (string, object)[]
        {
            ("Model", "x"), ("Size", 10_000_000), ("Window", 10_000_000), ("Keys", 10_000_000), ("Key", WindowKey.User),
            ("Width", 1 << 25), ("Depth", 4), ("Users", 1 << 22), ("Items", 1 << 20), ("HistoryEntries", 1 << 26),
            ("Arms", 1 << 22),
        })
        {
            if (type.OptionsType.GetProperty(option) is { } property && (property.PropertyType == value.GetType() || Nullable.GetUnderlyingType(property.PropertyType) == value.GetType()))
                property.SetValue(options, value);
        }

        if (options is PairwiseOptions pairwise) pairwise.Sampling = NegativeSampling.Popularity;
        if (options is SpaceSavingOptions sketch) sketch.Capacity = 1 << 24;
        if (options is TimeWindowOptions window) window.Capacity = 1_000;
        if (options is CountWindowOptions { Size: not null } count) count.Size = 1_000;
        return options;
    }
}
