using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Drift;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Drift;

public class DriftOperatorTests
{
    private static readonly double[] Values = WithGaps(DetectorVariants.Errors(6000, seed: 2));
    private static readonly Event[] Events = new Event[Values.Length];

    public static TheoryData<string> Stages() => [.. DriftStages.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Stages))]
    public void Signals_and_report_are_the_detectors_wherever_batches_are_cut(string name)
    {
        (int[] signals, List<long> drifts, int warnings) = Expected(Detector(name));
        Assert.NotEmpty(drifts);
        foreach (int batchSize in new[] { 1, 7, 1024 })
        {
            IOperator stage = Create(name);
            Assert.Equal(signals, OperatorRun.Of(stage, Events, [Values], 1, 1, batchSize).Integers[0]);
            StageReport report = OperatorRun.Report(stage);
            Assert.Equal("m.loss", report["watch"].Text);
            Assert.Equal(Values.Count(double.IsFinite), report["values"].Integer);
            Assert.Equal(Values.Count(v => !double.IsFinite(v)), report["skipped"].Integer);
            Assert.Equal(warnings, report["warnings"].Integer);
            Assert.Equal(drifts.Count, report["drift_count"].Integer);
            Assert.Equal(drifts, report["drifts"].Rows.Select(r => r.Entries.Single(e => e.Name == "at").Value.Integer));
        }
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void Restored_anywhere_it_ends_with_the_same_state(string name)
    {
        IOperator uninterrupted = Create(name);
        OperatorRun.Of(uninterrupted, Events, [Values], 1, 1, 100);
        byte[] expected = StateBytes.Save((IStateful)uninterrupted);
        for (int cut = 0; cut <= Values.Length; cut += 487)
        {
            IOperator first = Create(name);
            OperatorRun.Of(first, Events, [Values], 1, 1, 64, end: cut);
            IOperator second = Create(name);
            StateBytes.Restore((IStateful)second, StateBytes.Save((IStateful)first));
            OperatorRun.Of(second, Events, [Values], 1, 1, 64, first: cut);
            Assert.Equal(expected, StateBytes.Save((IStateful)second));
        }
    }

    [Fact]
    public void The_signal_column_is_optional()
    {
        StageType type = DriftStages.All.Single(s => s.Name == "adwin");
        StageBinding binding = new("d", 1, ValueRange.Unbounded, new Dictionary<string, int> { ["m.loss"] = 0 }, new Dictionary<string, int>());
        IOperator stage = type.Create(new AdwinStageOptions { Watch = "m.loss" }, binding);
        OperatorRun.Of(stage, Events, [Values], 1, 0, 100);
        Assert.Equal(Expected(Detector("adwin")).Drifts.Count, OperatorRun.Report(stage)["drift_count"].Integer);
    }

    [Fact]
    public void The_last_1000_drifts_are_kept_and_all_are_counted()
    {
        // Every value of 1 after the first is a drift here, followed by a fresh start.
        double[] values = [.. Enumerable.Range(0, 5000).Select(i => (double)(i % 2))];
        DdmOptions options = new() { WarmStart = 0, WarningThreshold = 0, DriftThreshold = 0 };
        DriftOperator stage = new(new Ddm(options), "m.loss", Binding());
        OperatorRun.Of(stage, new Event[5000], [values], 1, 1, 512);
        StageReport report = OperatorRun.Report(stage);
        Assert.Equal(2500, report["drift_count"].Integer);
        Assert.Equal(Enumerable.Range(1500, 1000).Select(n => (2L * n) + 1), report["drifts"].Rows.Select(r => r.Entries[0].Value.Integer));
    }

    [Fact]
    public void A_bound_of_an_error_that_is_no_number_is_refused()
    {
        Assert.Empty(new DdmStageOptions { Watch = "m.loss", ErrorAbove = 0 }.Validate());
        Assert.Equal(nameof(DdmStageOptions.ErrorAbove), new DdmStageOptions { Watch = "m.loss", ErrorAbove = double.NaN }.Validate().Single().Option);
    }

    [Fact]
    public void Values_above_the_threshold_are_the_errors()
    {
        double[] losses = [.. Values.Select(v => v + 2)]; // 2 where right, 3 where wrong
        IOperator stage = new DriftOperator(new Ddm(new DdmOptions()), "m.loss", Binding(), errorAbove: 2.5);
        Assert.Equal(Expected(Detector("ddm")).Signals, OperatorRun.Of(stage, Events, [losses], 1, 1, 100).Integers[0]);
        DdmStageOptions options = new() { Watch = "m.loss", ErrorAbove = 2.5 };
        IOperator configured = DriftStages.All.Single(s => s.Name == "ddm").Create(options, Binding());
        OperatorRun.Of(configured, Events, [losses], 1, 1, 100);
        Assert.Equal(StateBytes.Save((IStateful)stage), StateBytes.Save((IStateful)configured));
    }

    [Fact]
    public void A_snapshot_of_another_column_or_threshold_is_refused()
    {
        byte[] saved = StateBytes.Save(new DriftOperator(new Ddm(new DdmOptions()), "m.loss", Binding(), errorAbove: 1));
        StateBytes.Restore(new DriftOperator(new Ddm(new DdmOptions()), "m.loss", Binding(), errorAbove: 1), saved);
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new DriftOperator(new Ddm(new DdmOptions()), "m.loss", Binding()), saved));
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new DriftOperator(new Ddm(new DdmOptions()), "n.loss", Binding("n.loss"), 1), saved));
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new DriftOperator(new Adwin(new AdwinOptions()), "m.loss", Binding(), 1), saved));
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_batch_allocates_nothing(string name)
    {
        IOperator stage = Create(name);
        using BatchPool pool = new(1, Values.Length, 1, 1);
        EventBatch batch = pool.Rent().Batch;
        OperatorRun.Fill(batch, Events, [Values], 0);
        stage.Process(batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        stage.Process(batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_stage_reads_the_column_it_watches()
    {
        Assert.All(DriftStages.All, type =>
        {
            object options = type.NewOptions();
            Assert.Empty(type.Reads(options));
            type.OptionsType.GetProperty("Watch")!.SetValue(options, "rank.hit@20");
            ColumnRead read = type.Reads(options).Single();
            Assert.Equal(new ColumnRead("rank", "hit@20", ColumnType.Real, "Watch"), read);
            Assert.Empty(((IValidatableOptions)options).Validate());
            type.OptionsType.GetProperty("Watch")!.SetValue(options, "loss");
            Assert.Equal("Watch", ((IValidatableOptions)options).Validate().Single().Option);
            Assert.InRange(type.Bytes(options, Binding()), 8000, 100_000);
        });
    }

    private static double[] WithGaps(double[] values)
    {
        for (int i = 3; i < values.Length; i += 11) values[i] = i % 2 == 0 ? double.NaN : double.NegativeInfinity;
        return values;
    }

    private static StageBinding Binding(string watch = "m.loss") =>
        new("d", 1, ValueRange.Unbounded, new Dictionary<string, int> { [watch] = 0 }, new Dictionary<string, int> { ["signal"] = 0 });

    private static IDriftDetector Detector(string name)
    {
        ComponentType<IDriftDetector> type = DetectorCatalogue.All.Single(t => t.Name == name);
        return type.Create(type.NewOptions(), seed: 1);
    }

    private static IOperator Create(string name)
    {
        StageType type = DriftStages.All.Single(s => s.Name == name);
        object options = type.NewOptions();
        type.OptionsType.GetProperty("Watch")!.SetValue(options, "m.loss");
        return type.Create(options, Binding());
    }

    private static (int[] Signals, List<long> Drifts, int Warnings) Expected(IDriftDetector detector)
    {
        int[] signals = [.. Values.Select(v => double.IsFinite(v) ? (int)detector.Update(v) : DriftOperator.NoValue)];
        List<long> drifts = [.. signals.Select((s, i) => (s, i)).Where(x => x.s == 2).Select(x => (long)x.i)];
        int[] seen = [.. signals.Where(s => s >= 0)];
        int warnings = seen.Where((s, i) => s == 1 && (i == 0 || seen[i - 1] != 1)).Count();
        return (signals, drifts, warnings);
    }
}
