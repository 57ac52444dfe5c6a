using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Tests.Drift;
using Streaming.Operators.Windows;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Windows;

public class WindowOperatorTests
{
    private static readonly string[] ColumnNames = ["count", "mean", "sum", "rate"];

    private static readonly Dictionary<string, Func<WindowOptions>> Configurations = new()
    {
        ["count"] = () => new CountWindowOptions { Size = 50 },
        ["count by user"] = () => new CountWindowOptions { Key = WindowKey.User, Keys = 20 },
        ["count of a column by item"] = () => new CountWindowOptions { Key = WindowKey.Item, Of = "w.sum", Size = 3 },
        ["time"] = () => new TimeWindowOptions { Seconds = 0.05 },
        ["time of a column, too small"] = () => new TimeWindowOptions { Seconds = 0.05, Of = "w.sum", Capacity = 10 },
        ["time by user"] = () => new TimeWindowOptions { Key = WindowKey.User, Seconds = 0.5, Keys = 20, Capacity = 8 },
    };

    private static readonly Event[] Events = Stream(2500);
    private static readonly double[] Column = [.. Events.Select((_, i) => i % 9 == 0 ? double.NaN : i % 31 == 0 ? double.PositiveInfinity : i)];

    public static TheoryData<string> Names() => [.. Configurations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Columns_are_the_windows_wherever_batches_are_cut(string name)
    {
        double[][] expected = Expected(Configurations[name]());
        Assert.All(expected, column => Assert.Contains(column, double.IsFinite));
        Assert.All(expected, column => Assert.Contains(column, double.IsNaN));
        foreach (int batchSize in new[] { 1, 7, 1024 })
            Assert.Equal(expected, OperatorRun.Of(Create(Configurations[name]()), Events, [Column], 5, 0, batchSize).Reals[1..]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Restored_anywhere_it_ends_with_the_same_state_and_report(string name)
    {
        IOperator uninterrupted = Create(Configurations[name]());
        OperatorRun.Of(uninterrupted, Events, [Column], 5, 0, 100);
        byte[] expected = StateBytes.Save((IStateful)uninterrupted);
        for (int cut = 0; cut <= Events.Length; cut += 211)
        {
            IOperator first = Create(Configurations[name]());
            OperatorRun.Of(first, Events, [Column], 5, 0, 64, end: cut);
            IOperator second = Create(Configurations[name]());
            StateBytes.Restore((IStateful)second, StateBytes.Save((IStateful)first));
            OperatorRun.Of(second, Events, [Column], 5, 0, 64, first: cut);
            Assert.Equal(expected, StateBytes.Save((IStateful)second));
            Assert.Equal(OperatorRun.Report(uninterrupted).Entries, OperatorRun.Report(second).Entries);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_batch_allocates_nothing_once_every_window_exists(string name)
    {
        IOperator stage = Create(Configurations[name]());
        using BatchPool pool = new(1, Events.Length, 5, 0);
        EventBatch batch = pool.Rent().Batch;
        OperatorRun.Fill(batch, Events, [Column], 0);
        stage.Process(batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        stage.Process(batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Questions_and_marks_do_not_enter()
    {
        Event[] events = [.. Enum.GetValues<EventKind>().Select(kind => new Event { Kind = kind, Value = 1, User = 1, Item = 1 })];
        double[] counts = OperatorRun.Of(Create(new CountWindowOptions()), events, [new double[events.Length]], 5, 0, 10).Reals[1];
        Assert.Equal([1, 2, 3, double.NaN, double.NaN], counts);
    }

    [Fact]
    public void The_report_of_one_window_is_its_aggregate()
    {
        CountWindow window = new(50);
        foreach (Event e in Events.Where(e => double.IsFinite(e.Value))) window.Add(e.Value, e.Time);
        IOperator stage = Create(new CountWindowOptions { Size = 50 });
        OperatorRun.Of(stage, Events, [Column], 5, 0, 100);
        StageReport report = OperatorRun.Report(stage);
        Assert.Equal(ColumnNames, report.Entries.Select(e => e.Name));
        Assert.Equal(50, report["count"].Integer);
        Assert.Equal(window.Aggregate.Mean, report["mean"].Number);
        Assert.Equal(window.Aggregate.Sum, report["sum"].Number);
        Assert.Equal(window.Aggregate.Rate, report["rate"].Number);
    }

    [Fact]
    public void The_report_counts_what_came_late_and_what_was_forced_out()
    {
        TimeWindowOracle oracle = new(50_000, 10);
        WindowEntry[] entries = [.. Events.Where(e => double.IsFinite(e.Value)).Select(e => oracle.Add(e.Value, e.Time))];
        IOperator stage = Create(new TimeWindowOptions { Seconds = 0.05, Capacity = 10 });
        OperatorRun.Of(stage, Events, [Column], 5, 0, 100);
        StageReport report = OperatorRun.Report(stage);
        Assert.Equal([.. ColumnNames, "late", "truncated"], report.Entries.Select(e => e.Name));
        Assert.True(report["late"].Integer > 0);
        Assert.Equal(entries.Count(e => e == WindowEntry.Late), report["late"].Integer);
        Assert.Equal(entries.Count(e => e == WindowEntry.Truncated), report["truncated"].Integer);
        Assert.Equal(ReportValueKind.Null, report["count"].Kind);
    }

    [Fact]
    public void The_report_of_keyed_windows_counts_keys()
    {
        IOperator stage = Create(new CountWindowOptions { Key = WindowKey.User, Keys = 20 });
        OperatorRun.Of(stage, Events, [Column], 5, 0, 100);
        StageReport report = OperatorRun.Report(stage);
        Assert.Equal(["keys", "evictions"], report.Entries.Select(e => e.Name));
        Assert.Equal(20, report["keys"].Integer);
        Assert.True(report["evictions"].Integer > 0);
    }

    [Fact]
    public void Columns_nobody_reads_are_not_written()
    {
        IOperator stage = new WindowOperator(new CountWindowOptions(), Binding(["mean"]));
        double[][] columns = OperatorRun.Of(stage, Events, [Column], 2, 0, 100).Reals;
        Assert.Equal(Expected(new CountWindowOptions())[1], columns[1]);
    }

    [Fact]
    public void A_snapshot_of_another_configuration_is_refused()
    {
        byte[] saved = StateBytes.Save((IStateful)Create(new CountWindowOptions()));
        Assert.All(
            new CountWindowOptions[] { new() { Of = "w.sum" }, new() { Key = WindowKey.User }, new() { Size = 999 } },
            other => Assert.Throws<StateMismatchException>(() => StateBytes.Restore((IStateful)Create(other), saved)));
    }

    [Fact]
    public void What_is_aggregated_is_the_value_or_a_column()
    {
        Assert.All(WindowStages.All, type =>
        {
            WindowOptions options = (WindowOptions)type.NewOptions();
            Assert.Empty(type.Reads(options));
            Assert.Empty(options.Validate());
            options.Of = "w.mean";
            Assert.Equal(new ColumnRead("w", "mean", ColumnType.Real, "Of"), type.Reads(options).Single());
            Assert.Empty(options.Validate());
            options.Of = "weight";
            Assert.Equal("Of", options.Validate().Single().Option);
        });
    }

    [Fact]
    public void The_stated_memory_is_what_the_windows_take()
    {
        foreach (WindowOptions options in new WindowOptions[]
        {
            new CountWindowOptions { Size = 100_000 },
            new TimeWindowOptions { Capacity = 100_000 },
            new CountWindowOptions { Key = WindowKey.User, Keys = 3000 },
            new TimeWindowOptions { Key = WindowKey.Item, Keys = 3000 },
        })
        {
            StageType type = Type(options);
            using BatchPool pool = new(1, 5000, 5, 0);
            EventBatch batch = pool.Rent().Batch;
            for (uint i = 1; i <= 5000; i++)
            {
                ref Event e = ref batch.Add();
                (e.User, e.Item, e.Value) = (i, i, 1);
            }

            IOperator warm = Create(options);
            warm.Process(batch);
            long before = GC.GetAllocatedBytesForCurrentThread();
            IOperator stage = type.Create(options, Binding(ColumnNames));
            stage.Process(batch);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.InRange(allocated, type.Bytes(options, Binding([])) * 8 / 10, type.Bytes(options, Binding([])) + 1024);
        }
    }

    private static StageType Type(WindowOptions options) => WindowStages.All.Single(t => t.OptionsType == options.GetType());

    private static IOperator Create(WindowOptions options) => Type(options).Create(options, Binding(ColumnNames));

    /// <summary>Column 0 is <c>w.sum</c>; what the stage writes follows.</summary>
    private static StageBinding Binding(string[] writes) =>
        new("x", 1, ValueRange.Unbounded, new Dictionary<string, int> { ["w.sum"] = 0 }, writes.Select((w, i) => (w, i)).ToDictionary(x => x.w, x => x.i + 1));

    private static double[][] Expected(WindowOptions options)
    {
        KeyedWindows? keyed = options switch
        {
            _ when options.Key == WindowKey.None => null,
            CountWindowOptions c => KeyedWindows.ByCount(c.Keys, c.Size ?? 20),
            TimeWindowOptions t => KeyedWindows.ByTime(t.Keys, (long)(t.Seconds * 1e6), t.Capacity ?? 64),
            _ => throw new InvalidOperationException(),
        };
        IWindow? single = options switch
        {
            CountWindowOptions c => new CountWindow(c.Size ?? 1000),
            TimeWindowOptions t => new TimeWindow((long)(t.Seconds * 1e6), t.Capacity ?? 65_536),
            _ => null,
        };
        double[][] columns = [.. ColumnNames.Select(_ => new double[Events.Length])];
        for (int i = 0; i < Events.Length; i++)
        {
            ulong key = options.Key == WindowKey.User ? Events[i].User : Events[i].Item;
            double value = options.Of == "value" ? Events[i].Value : Column[i];
            bool enters = double.IsFinite(value) && (keyed is null || key != EntityKeyCodec.None);
            IWindow? window = enters ? keyed?.For(key) ?? single! : null;
            WindowAggregate a = window is not null && window.Add(value, Events[i].Time) != WindowEntry.Late ? window.Aggregate : WindowAggregate.Unknown;
            (columns[0][i], columns[1][i], columns[2][i], columns[3][i]) = (a.Count, a.Mean, a.Sum, a.Rate);
        }

        return columns;
    }

    private static Event[] Stream(int length)
    {
        Event[] events = new Event[length];
        long clock = 0;
        for (int i = 0; i < length; i++)
        {
            CounterRng rng = new(6, (ulong)i);
            clock += (long)rng.NextBelow(5000);
            events[i].Time = clock - (long)(rng.NextBelow(5) == 0 ? rng.NextBelow(70_000) : 0);
            events[i].User = rng.NextBelow(31); // 0: no user
            events[i].Item = rng.NextBelow(11);
            events[i].Value = rng.NextBelow(8) == 0 ? double.NaN : rng.NextNormal();
        }

        return events;
    }
}
