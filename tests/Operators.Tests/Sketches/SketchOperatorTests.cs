using System.Globalization;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Sketches;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Sketches;

public class SketchOperatorTests
{
    private static readonly ulong[] Items = SkewedKeys.Stream(5_000, 400, seed: 8);

    public static IEnumerable<TheoryDataRow<string>> Names => SketchStages.All.Select(t => new TheoryDataRow<string>(t.Name));

    [Fact]
    public void Each_sketch_has_a_stage_with_all_of_its_options_and_a_key()
    {
        // The conservative Count-Min is a name of its own on the command line, and an option of the stage.
        ComponentType<Streaming.Abstractions.Learning.ISketch>[] sketches = [.. SketchCatalogue.All.Where(t => t.Name != "count-min-conservative")];
        Assert.Equal(sketches.Select(t => t.Name), SketchStages.All.Select(t => t.Name));
        foreach ((ComponentType<Streaming.Abstractions.Learning.ISketch> sketch, StageType stage) in sketches.Zip(SketchStages.All))
        {
            Assert.Equal(StageKind.Sketch, stage.Kind);
            Assert.True(stage.OptionsType.IsSubclassOf(sketch.OptionsType));
            Assert.Equal(SketchKey.Item, stage.OptionsType.GetProperty("Key")!.GetValue(stage.NewOptions()));
            Assert.Empty(stage.Reads(stage.NewOptions()));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_column_is_the_answer_with_this_event_included_for_any_batch_size(string name)
    {
        double[] whole = Run(name, Items, batch: Items.Length, out byte[] state);
        foreach (int size in new[] { 1, 7, 256, 257, 1_024 })
        {
            Assert.Equal(whole, Run(name, Items, size, out byte[] cut));
            Assert.Equal(state, cut);
        }

        Dictionary<ulong, long> exact = [];
        for (int i = 0; i < Items.Length; i++)
        {
            exact[Items[i]] = exact.GetValueOrDefault(Items[i]) + 1;
            if (name == "hyperloglog") Assert.InRange(whole[i], exact.Count * 0.95, exact.Count * 1.05);
            else Assert.InRange(whole[i], exact[Items[i]], exact[Items[i]] + (0.005 * (i + 1)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_state_does_not_depend_on_whether_the_column_is_read(string name)
    {
        Run(name, Items, 100, out byte[] read);
        StageType stage = Stage(name);
        IOperator unread = stage.Create(stage.NewOptions(), StageBinding.Free());
        Feed(unread, Items.Length, 100, (i, ref e) => e.Item = Items[i], null);
        Assert.Equal(read, StateBytes.Save((IStateful)unread));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Events_that_are_no_interactions_or_have_no_such_key_pass_untouched(string name)
    {
        StageType stage = Stage(name);
        IOperator op = stage.Create(stage.NewOptions(), Binding(stage));
        byte[] before = StateBytes.Save((IStateful)op);
        double[] column = Feed(op, 6, 4, (i, ref e) =>
        {
            e.User = 5;
            e.Item = i == 0 ? EntityKeyCodec.None : 9;
            e.Kind = (EventKind)Math.Max(0, i - 1);
        }, new ColumnSlot<double>(0));
        Assert.True(double.IsNaN(column[0]) && column[1] is > 0.99 and < 1.01);
        Assert.All(column[2..], v => Assert.True(double.IsNaN(v)));
        Assert.NotEqual(before, StateBytes.Save((IStateful)op));
    }

    [Fact]
    public void The_key_can_be_the_users()
    {
        CountMinOperator op = new(new CountMinStageOptions { Key = SketchKey.User }, StageBinding.Free());
        Feed(op, 10, 4, (i, ref e) => (e.User, e.Item) = (3, 100 + (ulong)i), null);
        Assert.Equal(10, op.Sketch.Count(3));
        Assert.Equal(10, op.Sketch.Total);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Operators_of_two_shards_merge_like_their_sketches(string name)
    {
        StageType stage = Stage(name);
        IOperator a = stage.Create(stage.NewOptions(), StageBinding.Free()), b = stage.Create(stage.NewOptions(), StageBinding.Free());
        Feed(a, 2_000, 100, (i, ref e) => e.Item = Items[i], null);
        Feed(b, 3_000, 100, (i, ref e) => e.Item = Items[2_000 + i], null);
        ((IMergeableOperator)a).Merge((IMergeableOperator)b);

        // 400 distinct keys are exact in every frequency sketch's report and the same registers in the other.
        IOperator whole = stage.Create(stage.NewOptions(), StageBinding.Free());
        Feed(whole, 5_000, 100, (i, ref e) => e.Item = Items[i], null);
        Assert.Equal(Text(Report(whole)), Text(Report(a)));
    }

    [Fact]
    public void Operators_over_different_keys_neither_merge_nor_restore_each_other()
    {
        SpaceSavingOperator items = new(new SpaceSavingStageOptions(), StageBinding.Free());
        SpaceSavingOperator users = new(new SpaceSavingStageOptions { Key = SketchKey.User }, StageBinding.Free());
        Assert.Throws<ArgumentException>(() => items.Merge(users));
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(users, StateBytes.Save(items)));
    }

    [Fact]
    public void Count_min_reports_its_shape_and_bound()
    {
        CountMinOperator op = new(new CountMinStageOptions { Variant = CountMinVariant.Conservative }, StageBinding.Free());
        Feed(op, 5_000, 100, (i, ref e) => e.Item = Items[i], null);
        Assert.Equal("total=5000 width=544 depth=3 error_bound=25 saturations=0", Text(Report(op)));
    }

    [Fact]
    public void Hyperloglog_reports_distinct_keys_as_its_headline()
    {
        HyperLogLogOperator op = new(new HyperLogLogStageOptions(), StageBinding.Free());
        Feed(op, 5_000, 100, (i, ref e) => e.Item = Items[i], null);
        StageReport report = Report(op);
        Assert.Equal(["distinct"], report.Headlines);
        Assert.InRange(Items.Distinct().Count(), report["low"].Number, report["high"].Number);
    }

    [Fact]
    public void Space_saving_reports_the_largest_keys_as_entities()
    {
        SpaceSavingOperator op = new(new SpaceSavingStageOptions { Report = 3 }, StageBinding.Free());
        Feed(op, 5_000, 100, (i, ref e) => e.Item = Items[i], null);
        var expected = SkewedKeys.Exact(Items).OrderByDescending(e => e.Value).ThenBy(e => e.Key).Take(3).Select(e => $"[key=#{e.Key} count={e.Value} error=0]");
        Assert.Equal($"total=5000 top={string.Join(' ', expected)}", Text(Report(op)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_plan_knows_the_bytes_before_the_stage_is_built(string name)
    {
        StageType stage = Stage(name);
        _ = stage.Create(stage.NewOptions(), StageBinding.Free());
        object options = stage.NewOptions();
        StageBinding binding = StageBinding.Free();
        long before = GC.GetAllocatedBytesForCurrentThread();
        IOperator op = stage.Create(options, binding);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(stage.Bytes(options, binding), allocated, allocated + 500);
        GC.KeepAlive(op);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Processing_allocates_nothing(string name)
    {
        StageType stage = Stage(name);
        IOperator op = stage.Create(stage.NewOptions(), Binding(stage));
        using BatchPool pool = new(1, 1_000, 1, 0);
        BatchLease lease = pool.Rent();
        for (int i = 0; i < 1_000; i++) lease.Batch.Add().Item = Items[i];
        op.Process(lease.Batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) op.Process(lease.Batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        lease.Release();
    }

    private delegate void Fill(int index, ref Event e);

    private static StageType Stage(string name) => SketchStages.All.Single(t => t.Name == name);

    private static StageBinding Binding(StageType stage) =>
        new("stage", 42, ValueRange.Unbounded, new Dictionary<string, int>(), new Dictionary<string, int> { [Assert.Single(stage.Columns).Name] = 0 });

    private static double[] Run(string name, ulong[] items, int batch, out byte[] state)
    {
        StageType stage = Stage(name);
        IOperator op = stage.Create(stage.NewOptions(), Binding(stage));
        double[] column = Feed(op, items.Length, batch, (i, ref e) => e.Item = items[i], new ColumnSlot<double>(0));
        op.Complete();
        state = StateBytes.Save((IStateful)op);
        return column;
    }

    private static double[] Feed(IOperator op, int events, int batch, Fill fill, ColumnSlot<double>? column)
    {
        List<double> values = [];
        using BatchPool pool = new(1, batch, 1, 0);
        for (int i = 0; i < events;)
        {
            BatchLease lease = pool.Rent();
            for (; i < events && !lease.Batch.IsFull; i++) fill(i, ref lease.Batch.Add());
            op.Process(lease.Batch);
            if (column is ColumnSlot<double> slot) values.AddRange(lease.Batch.Column(slot));
            lease.Release();
        }

        return [.. values];
    }

    private static StageReport Report(IOperator op)
    {
        StageReport report = new("stage", "sketch");
        op.Report(report);
        return report;
    }

    private static string Text(StageReport report) => string.Join(' ', report.Entries.Select(e => $"{e.Name}={Text(e.Value)}"));

    private static string Text(ReportValue value) => value.Kind switch
    {
        ReportValueKind.Number => value.Number.ToString("R", CultureInfo.InvariantCulture),
        ReportValueKind.Integer => value.Integer.ToString(CultureInfo.InvariantCulture),
        ReportValueKind.Entity => $"#{value.Entity}",
        ReportValueKind.Rows => string.Join(' ', value.Rows.Select(r => $"[{string.Join(' ', r.Entries.Select(e => $"{e.Name}={Text(e.Value)}"))}]")),
        _ => "null",
    };
}
