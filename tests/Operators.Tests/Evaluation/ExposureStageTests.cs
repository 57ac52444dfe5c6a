using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Evaluation;
using Streaming.Operators.Models;
using Streaming.Operators.Tests.Models;
using Xunit;

namespace Streaming.Operators.Tests.Evaluation;

public sealed class ExposureStageTests
{
    private const double Fading = 0.97;

    private static readonly Event[] Log = Draw();

    private static StageType Exposure => EvaluationStages.All.Single(t => t.Name == "exposure");

    private static StageType Isgd => ModelStages.All.Single(t => t.Name == "isgd");

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Coverage_novelty_and_gini_are_those_of_all_lists_of_the_last_and_of_faded_ones(int sample)
    {
        ExposureOptions options = new() { Model = "m", K = 5, Sample = sample, Window = 30, Fading = Fading };
        string column = $"m.{ExposureOperator.Demand(options).Column}";
        using StageRun run = new(ValueRange.Unbounded, [("m", Isgd, new IsgdOptions()), ("s", Exposure, options)], column, "s.coverage", "s.novelty");
        run.Run(Log, 100);
        Dictionary<ulong, int> events = [];
        List<ulong[]> lists = [];
        List<double> novelties = [];
        int total = 0;
        for (int i = 0; i < Log.Length; i++)
        {
            ulong[] list = run.Lists(column)[i];
            if (list.Length == 0)
            {
                Assert.Equal((double.NaN, double.NaN), (run.Column("s.coverage")[i], run.Column("s.novelty")[i]));
            }
            else
            {
                lists.Add(list);
                novelties.Add(list.Average(item => -Math.Log2((double)events[item] / total)));
                Assert.Equal(novelties[^1], run.Column("s.novelty")[i], 1e-9);
                Assert.Equal((double)lists.SelectMany(l => l).Distinct().Count() / events.Count, run.Column("s.coverage")[i], 1e-12);
            }

            if (Log[i].Kind != EventKind.Interaction) continue;
            events[Log[i].Item] = events.GetValueOrDefault(Log[i].Item) + 1;
            total++;
        }

        Assert.True(lists.Count > 200);
        StageReport report = run.Report("s");
        Assert.Equal((lists.Count, events.Count, 0), (report["lists"].Integer, report["items"].Integer, report["left_out"].Integer));
        double[] weights = [.. lists.Select((_, n) => Math.Pow(Fading, lists.Count - 1 - n))];
        Check("", [.. lists.Select(_ => 1.0)], (_, shown) => shown > 0 ? 1 : 0);
        Check("window_", [.. lists.Select((_, n) => n >= lists.Count - 30 ? 1.0 : 0)], (_, shown) => shown > 0 ? 1 : 0);
        Check("fading_", weights, (last, _) => last < 0 ? 0 : weights[last]);
        Assert.Equal(["coverage@5"], report.Headlines);

        void Check(string prefix, double[] weight, Func<int, double, double> covers)
        {
            double[] shown = [.. events.Keys.Select(item => lists.Select((l, n) => l.Contains(item) ? weight[n] : 0).Sum())];
            double[] covered = [.. events.Keys.Select((item, i) => covers(lists.FindLastIndex(l => l.Contains(item)), shown[i]))];
            Assert.Equal(covered.Sum() / events.Count, report[$"{prefix}coverage@5"].Number, 1e-9);
            Assert.Equal(PairwiseGini(shown), report[$"{prefix}gini@5"].Number, 1e-9);
            Assert.Equal(novelties.Zip(weight, (v, w) => v * w).Sum() / weight.Sum(), report[$"{prefix}novelty@5"].Number, 1e-9);
        }
    }

    [Fact]
    public void Without_room_for_all_items_nothing_is_known()
    {
        using StageRun run = new(ValueRange.Unbounded, [("m", Isgd, new IsgdOptions()), ("s", Exposure, new ExposureOptions { Model = "m", Sample = 1, Items = 20 })]);
        run.Run(Log);
        StageReport report = run.Report("s");
        Assert.True(report["left_out"].Integer > 0);
        foreach (string measure in new[] { "coverage@10", "novelty@10", "gini@10" })
            Assert.All(new[] { "", "window_", "fading_" }, prefix => Assert.Equal(ReportValueKind.Null, report[prefix + measure].Kind));
    }

    [Fact]
    public void A_k_that_metrics_have_no_name_for_is_refused()
    {
        Assert.Empty(new ExposureOptions { Model = "m", K = 50 }.Validate());
        Assert.Equal("K", Assert.Single(new ExposureOptions { Model = "m", K = 7 }.Validate()).Option);
    }

    [Fact]
    public void Gini_is_half_the_mean_difference_over_the_mean() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(91, 7),
            Prop.ForAll(Gen.Choose(0, 9).NonEmptyListOf().Where(l => l.Any(v => v > 0)).ToArbitrary(), values =>
            {
                double[] parts = [.. values.Where(v => v > 0).Select(v => (double)v)];
                Assert.Equal(PairwiseGini([.. values.Select(v => (double)v)]), Concentration.Gini(parts, values.Count(v => v == 0)), 1e-12);
            }));

    [Fact]
    public void Nothing_is_allocated_for_a_list()
    {
        ExposureOptions options = new() { Model = "m", Sample = 1 };
        using ExposureOperator stage = new(options, new StageBinding(
            "s", 1, ValueRange.Unbounded, new Dictionary<string, int> { ["m.top@10"] = 0 }, new Dictionary<string, int> { ["coverage"] = 0, ["novelty"] = 1 }));
        using BatchPool pool = new(1, 1000, 2, 0, 1);
        BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
        CounterRng rng = new(3, 3);
        for (int i = 0; i < 1000; i++)
        {
            ref Event e = ref lease.Batch.Add();
            (e.User, e.Item) = (1, 1 + rng.NextBelow(60));
            ulong first = 1 + rng.NextBelow(5);
            lease.Batch.Column(new ColumnSlot<ArenaSpan>(0))[i] = lease.Batch.Items.Add([first, first + 1, first + 2]);
        }

        stage.Process(lease.Batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 10; n++) stage.Process(lease.Batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        lease.Release();
    }

    private static double PairwiseGini(double[] values) => values.Sum(a => values.Sum(b => Math.Abs(a - b))) / (2 * values.Length * values.Sum());

    private static Event[] Draw()
    {
        CounterRng rng = new(6, 8);
        Event[] log = [.. Enumerable.Range(0, 1500).Select(_ => RatingLog.Of(1 + rng.NextBelow(40), 1 + Math.Min(rng.NextBelow(50), rng.NextBelow(50)), 1 + rng.NextBelow(5)))];
        for (int i = 0; i < log.Length; i += 9) log[i].Kind = EventKind.Outcome;
        return log;
    }
}
