using System.Reflection;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Models;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>What every model promises, whichever it is: the catalogue says which there are.</summary>
public sealed class RecommenderContractTests
{
    private const int Depth = 20;
    private static readonly Event[] Log = Draw(2500, 60, 80, seed: 1);

    public static TheoryData<string> All => [.. ModelStages.All.Select(t => t.Name)];

    public static TheoryData<string> Recommenders => [.. ModelStages.All.Where(Ranks).Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public void Scoring_and_ranking_change_no_state(string name)
    {
        using Subject subject = new(name);
        foreach (ref readonly Event e in Log.AsSpan(0, 500)) subject.Model.Learn(Of(e));
        byte[] before = StateBytes.Save(subject.Model);
        ScoredItem[] list = new ScoredItem[10];
        foreach (ref readonly Event e in Log.AsSpan(400, 300))
        {
            subject.Model.Score(Of(e));
            if (subject.Model is not IRecommender recommender) continue;
            recommender.Rank(Of(e), Depth);
            recommender.TopK(new Example { User = e.User }, list);
        }

        Assert.Equal(before, StateBytes.Save(subject.Model));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Scoring_and_learning_at_once_is_scoring_and_then_learning(string name)
    {
        using Subject one = new(name), two = new(name);
        foreach (ref readonly Event e in Log.AsSpan())
        {
            double score = two.Model.Score(Of(e));
            two.Model.Learn(Of(e));
            Assert.Equal(score, one.Model.ScoreThenLearn(Of(e)));
        }

        Assert.Equal(StateBytes.Save(two.Model), StateBytes.Save(one.Model));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_restored_model_goes_on_as_if_nothing_had_happened(string name)
    {
        using Subject whole = new(name, small: true);
        List<Answer> answers = [];
        Dictionary<int, byte[]> states = [];
        for (int n = 0; n < 1200; n++)
        {
            if (n % 173 == 0) states[n] = StateBytes.Save(whole.Model);
            answers.Add(whole.Answer(Log[n]));
        }

        byte[] end = StateBytes.Save(whole.Model);
        foreach ((int n, byte[] state) in states)
        {
            using Subject resumed = new(name, small: true);
            StateBytes.Restore(resumed.Model, state);
            Assert.Equal(state, StateBytes.Save(resumed.Model));
            for (int i = n; i < 1200; i++) Assert.Equal(answers[i], resumed.Answer(Log[i]));
            Assert.Equal(end, StateBytes.Save(resumed.Model));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_restored_stage_reports_the_same(string name)
    {
        using Subject whole = new(name), resumed = new(name);
        whole.Run(Log.AsSpan(0, 1000));
        StateBytes.Restore((IStateful)resumed.Stage, StateBytes.Save((IStateful)whole.Stage));
        whole.Run(Log.AsSpan(1000));
        resumed.Run(Log.AsSpan(1000));
        Assert.Equal(whole.Report(), resumed.Report());
        Assert.Equal(StateBytes.Save((IStateful)whole.Stage), StateBytes.Save((IStateful)resumed.Stage));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_truncated_snapshot_is_refused(string name)
    {
        using Subject whole = new(name);
        whole.Run(Log.AsSpan(0, 50));
        byte[] state = StateBytes.Save((IStateful)whole.Stage);
        for (int length = 0; length < state.Length; length += 1 + (length / 16))
        {
            using Subject resumed = new(name);
            Assert.Throws<StateMismatchException>(() => StateBytes.Restore((IStateful)resumed.Stage, state[..length]));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Absurd_values_and_weights_never_poison_it(string name)
    {
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, -double.MaxValue, 1e300, -1e300, 1e18, -1e18, 0, double.Epsilon];
        float[] weights = [1, 0, float.NaN, float.PositiveInfinity, float.MaxValue, 1e20f, -1];
        using Subject subject = new(name);
        CounterRng rng = new(4, 4);
        for (int n = 0; n < 4000; n++)
        {
            Event e = RatingLog.Of(1 + rng.NextBelow(5), 1 + rng.NextBelow(5), values[rng.NextBelow((ulong)values.Length)]);
            e.Weight = weights[rng.NextBelow(rng.NextBelow(2) == 0 ? 1ul : (ulong)weights.Length)];
            subject.Model.Learn(Of(e));
            Example next = new() { User = 1 + rng.NextBelow(6), Item = 1 + rng.NextBelow(6), Weight = 1 };
            Assert.True(double.IsFinite(subject.Model.Score(next)), $"After {n} events a score is {subject.Model.Score(next)}.");
        }

        foreach (ref readonly Event e in Log.AsSpan(0, 200)) Assert.True(double.IsFinite(subject.Model.ScoreThenLearn(Of(e))));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Results_do_not_depend_on_where_batches_are_cut(string name)
    {
        StageType type = Type(name);
        string[] columns = Ranks(type) ? ["m.score", "m.loss", "m.rank@5", "m.rank@20", "m.rank@full"] : ["m.score", "m.loss"];
        Event[] log = Mixed();
        List<(IReadOnlyList<double>[] Columns, ReportEntry[] Report, byte[] State)> runs = [];
        foreach (int size in new[] { 1, 7, 1024 })
        {
            using StageRun run = new(new ValueRange(1, 5), [("m", type, type.NewOptions())], columns);
            run.Run(log, size);
            runs.Add(([.. columns.Select(run.Column)], [.. run.Report("m").Entries], StateBytes.Save((IStateful)run["m"])));
        }

        Assert.All(runs, run => Assert.Equal(runs[0].Columns, run.Columns));
        Assert.All(runs, run => Assert.Equal(runs[0].Report, run.Report));
        Assert.All(runs, run => Assert.Equal(runs[0].State, run.State));
        for (int i = 0; i < log.Length; i++)
        {
            bool untouched = log[i].Kind != EventKind.Interaction;
            if (untouched) Assert.True(double.IsNaN(runs[0].Columns[0][i]) && double.IsNaN(runs[0].Columns[1][i]));
            if (untouched && columns.Length > 2) Assert.Equal(Abstractions.Learning.Ranks.None, runs[0].Columns[3][i]);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Nothing_is_allocated_for_events_of_known_entities(string name)
    {
        using Subject subject = new(name);
        using BatchPool pool = new(1, 1024, 2, 1);
        BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
        foreach (ref readonly Event e in Log.AsSpan(0, 1024)) lease.Batch.Add() = e;
        for (int warm = 0; warm < 40; warm++) subject.Stage.Process(lease.Batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 10; n++) subject.Stage.Process(lease.Batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        lease.Release();
    }

    [Theory]
    [MemberData(nameof(Recommenders))]
    public void Entities_beyond_the_capacity_evict_others_and_ranks_say_so(string name)
    {
        using Subject one = new(name, small: true), two = new(name, small: true);
        IModelStatistics statistics = (IModelStatistics)one.Model;
        foreach (Event e in Draw(5000, 400, 500, seed: 2))
        {
            bool evicted = statistics.Evictions > 100; // of users and of items
            Answer answer = one.Answer(e);
            Assert.Equal(answer, two.Answer(e));
            if (evicted) Assert.Equal(Abstractions.Learning.Ranks.Unknown, answer.Rank);
        }

        Assert.True(statistics.Evictions > 1000);
        Assert.Equal((25, 30), (statistics.Users, statistics.Items));
        Assert.Equal(StateBytes.Save(one.Model), StateBytes.Save(two.Model));
    }

    [Theory]
    [MemberData(nameof(Recommenders))]
    public void After_it_was_disposed_of_it_throws_and_touches_no_memory(string name)
    {
        Subject subject = new(name);
        subject.Run(Log.AsSpan(0, 200));
        subject.Dispose();
        subject.Dispose();
        IRecommender model = (IRecommender)subject.Model;
        Assert.Throws<ObjectDisposedException>(() => model.Score(Of(Log[0])));
        Assert.Throws<ObjectDisposedException>(() => model.Learn(Of(Log[0])));
        Assert.Throws<ObjectDisposedException>(() => model.ScoreThenLearn(Of(Log[0])));
        Assert.Throws<ObjectDisposedException>(() => model.Rank(Of(Log[0]), Depth));
        Assert.Throws<ObjectDisposedException>(() => model.TopK(new Example { User = Log[0].User }, new ScoredItem[3]));
        Assert.Throws<ObjectDisposedException>(() => StateBytes.Save(model));
        Assert.Throws<ObjectDisposedException>(() => subject.Run(Log.AsSpan(0, 200)));
        Assert.NotEmpty(subject.Report());
    }

    [Fact]
    public void Evicted_users_leave_the_ranks_of_those_who_stayed_exact()
    {
        using Popularity bounded = new(new PopularityOptions { Users = 30 }), free = new(new PopularityOptions());
        (int known, int unknown) = (0, 0);
        for (int n = 0; n < Log.Length; n++)
        {
            Event e = Log[n];
            if (n % 2 == 0) e.User %= 10; // some come so often that they stay
            if (e.User == 0) e.User = 10;
            int rank = bounded.Rank(Of(e), Depth);
            if (rank == Abstractions.Learning.Ranks.Unknown) unknown++;
            else Assert.Equal(free.Rank(Of(e), Depth), rank);
            if (rank > 0 && bounded.Evictions > 0) known++;
            bounded.Learn(Of(e));
            free.Learn(Of(e));
        }

        Assert.True(known > 30 && unknown > 100, $"After evictions {known} ranks were known, {unknown} unknown.");
    }

    [Fact]
    public void An_item_that_was_evicted_and_came_back_puts_no_rank_beyond_the_depth()
    {
        using Popularity model = new(new PopularityOptions { Items = 2 });
        foreach ((ulong user, ulong item) in ((ulong, ulong)[])[(1, 70), (2, 71), (2, 72), (2, 70), (3, 70)]) model.Learn(new Example { User = user, Item = item, Weight = 1 });
        Assert.True(model.Evictions > 0);
        // The first user knows 70, which came most often: by protocol P 72 is the first of what is new.
        Assert.Equal(Abstractions.Learning.Ranks.Unknown, model.Rank(new Example { User = 1, Item = 72 }, 1));
    }

    [Theory]
    [MemberData(nameof(Recommenders))]
    public void The_list_and_the_ranks_agree(string name)
    {
        using Subject subject = new(name);
        foreach (ref readonly Event e in Log.AsSpan(0, 400)) subject.Model.Learn(Of(e));
        IRecommender model = (IRecommender)subject.Model;
        ScoredItem[] list = new ScoredItem[Depth];
        for (ulong user = 1; user <= 60; user++)
        {
            int found = model.TopK(new Example { User = user }, list);
            Assert.InRange(found, 1, Depth);
            for (int i = 0; i < found; i++)
            {
                Assert.Equal(i + 1, model.Rank(new Example { User = user, Item = list[i].Item }, Depth));
                Assert.Equal(model.Score(new Example { User = user, Item = list[i].Item }), list[i].Score, 1e-5);
            }
        }

        Assert.Equal(0, model.TopK(new Example { User = 9999 }, list));
        Assert.Equal(Abstractions.Learning.Ranks.Cold, model.Rank(new Example { User = 9999, Item = 1 }, Depth));
        Assert.Equal(Abstractions.Learning.Ranks.Cold, model.Rank(new Example { User = 1, Item = 9999 }, Depth));
    }

    [Theory]
    [MemberData(nameof(Recommenders))]
    public void A_history_that_overflows_makes_ranks_unknown_not_wrong(string name)
    {
        StageType type = Type(name);
        object options = type.NewOptions();
        ((RecommenderOptions)options).HistoryEntries = 15 * 60;
        using Subject bounded = new(name, options), free = new(name);
        int unknown = 0;
        foreach (ref readonly Event e in Log.AsSpan())
        {
            Answer answer = bounded.Answer(e), right = free.Answer(e);
            if (answer.Rank == Abstractions.Learning.Ranks.Unknown) unknown++;
            else if (bounded.Model is not (PairwiseRecommender<float> or LightFm<float>)) Assert.Equal(right.Rank, answer.Rank); // those learn from histories
        }

        Assert.True(unknown > 100);
        Assert.True(((IModelStatistics)bounded.Model).Truncations > 0);
    }

    [Theory]
    [MemberData(nameof(Recommenders))]
    public void Without_a_demand_for_ranks_there_is_no_ranking(string name)
    {
        StageType type = Type(name);
        using Subject subject = new(name, type.NewOptions(), StageBinding.Free());
        foreach (ref readonly Event e in Log.AsSpan(0, 100)) subject.Model.Learn(Of(e));
        Assert.Throws<InvalidOperationException>(() => ((IRecommender)subject.Model).Rank(Of(Log[0]), 5));
        Assert.Throws<InvalidOperationException>(() => ((IRecommender)subject.Model).TopK(new Example { User = Log[0].User }, new ScoredItem[5]));
        Assert.True(type.Bytes(type.NewOptions(), StageBinding.Free()) < type.Bytes(type.NewOptions(), Subject.Ranking));
    }

    private static bool Ranks(StageType type) => type.Columns.Any(c => c.IsFamily);

    private static StageType Type(string name) => ModelStages.All.Single(t => t.Name == name);

    private static Example Of(in Event e) => new() { User = e.User, Item = e.Item, Value = e.Value, Time = e.Time, Weight = e.Weight };

    private static Event[] Draw(int count, ulong users, ulong items, ulong seed)
    {
        CounterRng rng = new(seed, 77);
        return [.. Enumerable.Range(0, count).Select(n =>
            RatingLog.Of(1 + rng.NextBelow(users), 1 + Math.Min(rng.NextBelow(items), rng.NextBelow(items)), 1 + rng.NextBelow(5), n))];
    }

    // Some events are of kinds, or lack what, a model does not consume.
    private static Event[] Mixed()
    {
        Event[] log = [.. Log.AsSpan(0, 1500)];
        for (int i = 0; i < log.Length; i += 5) log[i].Kind = (EventKind)(i / 5 % 5);
        for (int i = 3; i < log.Length; i += 50) log[i].Value = double.NaN;
        return log;
    }

    private readonly record struct Answer(int Rank, double Score);

    private sealed class Subject : IDisposable
    {
        public Subject(string name, bool small = false)
            : this(name, small ? Small(name) : Type(name).NewOptions())
        {
        }

        public Subject(string name, object options, StageBinding? binding = null) => Stage = (IModelOperator)Type(name).Create(options, binding ?? (Ranks(Type(name)) ? Ranking : Unranked));

        public static StageBinding Ranking { get; } = new(
            "m", 7, ValueRange.Unbounded, new Dictionary<string, int>(), new Dictionary<string, int> { ["score"] = 0, ["loss"] = 1, [$"rank@{Depth}"] = 0 })
        {
            Items = ListedItems.Draw(600),
        };

        private static StageBinding Unranked { get; } = new(
            "m", 7, ValueRange.Unbounded, new Dictionary<string, int>(), new Dictionary<string, int> { ["score"] = 0, ["loss"] = 1 });

        public IModelOperator Stage { get; }

        public IRatingModel Model => Stage.Model;

        public Answer Answer(in Event e)
        {
            int rank = Model is IRecommender recommender ? recommender.Rank(Of(e), Depth) : 0;
            return new Answer(rank, Model.ScoreThenLearn(Of(e)));
        }

        public void Run(ReadOnlySpan<Event> events)
        {
            using BatchPool pool = new(1, events.Length, 2, 1);
            BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
            foreach (ref readonly Event e in events) lease.Batch.Add() = e;
            Stage.Process(lease.Batch);
            lease.Release();
        }

        public IReadOnlyList<ReportEntry> Report()
        {
            StageReport report = new("m", "m");
            Stage.Report(report);
            return report.Entries;
        }

        public void Dispose() => (Stage as IDisposable)?.Dispose();

        private static object Small(string name)
        {
            object options = Type(name).NewOptions();
            foreach ((string option, int value) in new[] { ("Users", 25), ("Items", 30) })
                options.GetType().GetProperty(option, BindingFlags.Public | BindingFlags.Instance)?.SetValue(options, value);
            return options;
        }
    }
}
