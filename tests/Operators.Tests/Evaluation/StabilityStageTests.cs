using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Evaluation;
using Streaming.Operators.Models;
using Streaming.Operators.Tests.Models;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Evaluation;

public sealed class StabilityStageTests
{
    private static readonly Event[] Log = Draw();

    private static StageType Stability => EvaluationStages.All.Single(t => t.Name == "stability");

    private static StageType Isgd => ModelStages.All.Single(t => t.Name == "isgd");

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(3, 1000)]
    [InlineData(1, 7)]
    public void Each_list_is_compared_with_the_one_of_the_users_visit_before(int sample, int users)
    {
        StabilityOptions options = new() { Model = "m", K = 5, Sample = sample, Users = users, Window = 30, Fading = 0.9 };
        string column = $"m.{StabilityOperator.Demand(options).Column}";
        using StageRun run = new(ValueRange.Unbounded, [("m", Isgd, new IsgdOptions()), ("s", Stability, options)], column, "s.jaccard", "s.rbo");
        run.Run(Log, 100);
        List<(ulong User, ulong[] List)> remembered = []; // the latest last
        List<double> jaccards = [], rbos = [];
        int visits = 0, forgotten = 0;
        for (int i = 0; i < Log.Length; i++)
        {
            ulong[] list = run.Lists(column)[i];
            int at = list.Length == 0 ? -1 : remembered.FindIndex(r => r.User == Log[i].User);
            if (at < 0)
            {
                Assert.Equal((double.NaN, double.NaN), (run.Column("s.jaccard")[i], run.Column("s.rbo")[i]));
            }
            else
            {
                (double jaccard, double rbo) = new ListOverlap(5, 0.9).Compare(remembered[at].List, list);
                Assert.Equal((jaccard, rbo), (run.Column("s.jaccard")[i], run.Column("s.rbo")[i]));
                jaccards.Add(jaccard);
                rbos.Add(rbo);
                remembered.RemoveAt(at);
            }

            if (list.Length == 0) continue;
            visits++;
            remembered.Add((Log[i].User, list));
            if (remembered.Count <= users) continue;
            remembered.RemoveAt(0);
            forgotten++;
        }

        StageReport report = run.Report("s");
        Assert.Equal("m", report["model"].Text);
        Assert.Equal((visits, jaccards.Count, remembered.Count, forgotten), (report["visits"].Integer, report["compared"].Integer, report["users"].Integer, report["forgotten"].Integer));
        Assert.Equal(users == 7, forgotten > 0);
        foreach ((string name, List<double> values) in new[] { ("jaccard", jaccards), ("rbo", rbos) })
        {
            Assert.True(values.Count > 100 && values.Distinct().Count() > 2);
            Assert.Equal(values.Average(), report[name].Number, 1e-12);
            Assert.Equal(values.TakeLast(30).Average(), report["window_" + name].Number, 1e-12);
            double[] weights = [.. values.Select((_, n) => Math.Pow(0.9, values.Count - 1 - n))];
            Assert.Equal(values.Zip(weights, (v, w) => v * w).Sum() / weights.Sum(), report["fading_" + name].Number, 1e-12);
        }

        Assert.Equal(["jaccard"], report.Headlines);
    }

    [Fact]
    public void What_has_nothing_to_compare_reports_nothing()
    {
        using StageRun run = new(ValueRange.Unbounded, [("m", Isgd, new IsgdOptions()), ("s", Stability, new StabilityOptions { Model = "m" })]);
        StageReport report = run.Report("s");
        Assert.All(["jaccard", "rbo", "window_jaccard", "window_rbo", "fading_jaccard", "fading_rbo"], name => Assert.Equal(ReportValueKind.Null, report[name].Kind));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_visit()
    {
        using StabilityOperator stage = Stage(new StabilityOptions { Model = "m", K = 10, Sample = 1, Users = 20 });
        using BatchPool pool = new(1, 1000, 2, 0, 1);
        BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
        CounterRng rng = new(3, 3);
        for (int i = 0; i < 1000; i++)
        {
            lease.Batch.Add().User = 1 + rng.NextBelow(60); // more than are remembered
            ulong first = 1 + rng.NextBelow(5);
            lease.Batch.Column(new ColumnSlot<ArenaSpan>(0))[i] = lease.Batch.Items.Add([first, first + 1, first + 2]);
        }

        stage.Process(lease.Batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 10; n++) stage.Process(lease.Batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        lease.Release();
    }

    [Fact]
    public void The_state_of_another_model_sample_length_or_persistence_is_refused()
    {
        using StabilityOperator stage = Stage(new StabilityOptions { Model = "m" });
        byte[] state = StateBytes.Save(stage);
        foreach ((StabilityOptions options, string named) in new (StabilityOptions, string)[]
        {
            (new() { Model = "other" }, "Model"), (new() { Model = "m", Sample = 4 }, "Sample"), (new() { Model = "m", K = 9 }, "K"),
            (new() { Model = "m", Persistence = 0.8 }, "Persistence"), (new() { Model = "m", Users = 5 }, "Users"), (new() { Model = "m", Window = 5 }, "window"),
        })
        {
            using StabilityOperator resumed = Stage(options);
            Assert.Contains(named, Assert.Throws<StateMismatchException>(() => StateBytes.Restore(resumed, state)).Message, StringComparison.Ordinal);
        }
    }

    private static StabilityOperator Stage(StabilityOptions options) => new(options, new StageBinding(
        "s", 1, ValueRange.Unbounded, new Dictionary<string, int> { [$"{options.Model}.{StabilityOperator.Demand(options).Column}"] = 0 }, new Dictionary<string, int> { ["jaccard"] = 0, ["rbo"] = 1 }));

    private static Event[] Draw()
    {
        CounterRng rng = new(6, 8);
        Event[] log = [.. Enumerable.Range(0, 1500).Select(_ => RatingLog.Of(1 + rng.NextBelow(40), 1 + Math.Min(rng.NextBelow(50), rng.NextBelow(50)), 1 + rng.NextBelow(5)))];
        for (int i = 0; i < log.Length; i += 9) log[i].Kind = EventKind.Outcome;
        return log;
    }
}
