using System.Runtime.InteropServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Models;
using Streaming.Operators.Sketches;
using Streaming.Operators.Windows;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Stages;

/// <summary>What every stage promises of a user who is to be forgotten. A stage type that keeps keys of users and cannot erase them is found here by itself.</summary>
public sealed class ForgetTests
{
    private const int Length = 1200;
    private const int Users = 12;

    public static IEnumerable<TheoryDataRow<string, int>> Cases => StageCases.All.Select(c => new TheoryDataRow<string, int>(c.Type, c.Options));

    [Fact]
    public void The_stages_that_keep_something_of_single_users_are_those_that_can_forget_it()
    {
        List<string> keeping = [];
        foreach ((string type, int options) in StageCases.All)
        {
            StageCase subject = StageCases.Create(type, options);
            using Owner owner = new(subject.Create());
            subject.Run(owner.Stage, Stream(3), 0, Length, 256);
            byte[] state = StateBytes.Save(owner.State);
            if (!Enumerable.Range(1, Users - 1).Any(u => Holds(state, Key((ulong)u)))) continue;
            Assert.IsType<IForgetful>(owner.Stage, exactMatch: false);
            keeping.Add(type);
        }

        Assert.Equal(
            [
                "baseline", "biased-mf", "bpr", "content", "count-window", "decayed-popularity", "eals", "ease", "ffm", "fm", "funk-mf", "hybrid", "ials", "incremental-svd", "isgd", "item-knn", "lightfm", "minhash-knn", "neighbourhood", "nmf", "pa-mf", "pmf-da", "popularity",
                "raisgd", "ranking", "rating-error", "recent-popularity", "slim", "space-saving", "stability", "svd-plus-plus", "time-window", "transition", "user-knn", "warp",
            ],
            keeping.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void After_a_tombstone_the_state_has_no_key_of_the_user_and_goes_on_bit_for_bit_when_restored(string type, int options)
    {
        StageCase subject = StageCases.Create(type, options);
        foreach (int cut in (int[])[1, 40, 333, 900])
        {
            StageStream stream = Stream(4);
            using Owner whole = new(subject.Create()), resumed = new(subject.Create());
            subject.Run(whole.Stage, stream, 0, cut, 64);
            byte[] before = StateBytes.Save(whole.State);
            for (ulong user = 1; user < 4; user++)
            {
                (whole.Stage as IForgetful)?.Forget(Key(user));
                (whole.Stage as IForgetful)?.Forget(Key(user));
                Assert.False(Holds(StateBytes.Save(whole.State), Key(user)));
            }

            byte[] state = StateBytes.Save(whole.State);
            if (!Enumerable.Range(1, 3).Any(u => Holds(before, Key((ulong)u)))) Assert.Equal(before, state);
            StateBytes.Restore(resumed.State, state);
            Assert.Equal(state, StateBytes.Save(resumed.State));
            Assert.Equal(StageCase.Report(whole.Stage), StageCase.Report(resumed.Stage));
            Assert.Equal(subject.Run(whole.Stage, stream, cut, Length, 64), subject.Run(resumed.Stage, stream, cut, Length, 50));
            Assert.Equal(StateBytes.Save(whole.State), StateBytes.Save(resumed.State));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_save_that_lags_behind_a_tombstone_has_what_was_there_before(string type, int options)
    {
        StageCase subject = StageCases.Create(type, options);
        StageStream stream = Stream(5);
        using Owner owner = new(subject.Create());
        for (int done = 0; done < Length; done += 100)
        {
            byte[] barrier = StateBytes.Save(owner.State);
            using DeferredState frozen = DeferredState.Of(owner.State);
            Task<byte[]> saved = Task.Run(() => frozen.Write());
            for (int i = 0; i < 100; i += 10)
            {
                (owner.Stage as IForgetful)?.Forget(Key((ulong)(1 + ((done + i) / 10 % (Users - 1)))));
                subject.Run(owner.Stage, stream, done + i, done + i + 10, 10);
            }

            Assert.Equal(barrier, await saved);
            byte[] meanwhile = StateBytes.Save(owner.State);
            using DeferredState late = DeferredState.Of(owner.State, epoch: 2);
            for (ulong user = 1; user < Users; user += 2) (owner.Stage as IForgetful)?.Forget(Key(user));
            Assert.Equal(meanwhile, late.Write());
        }
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("biased-mf")]
    [InlineData("bpr")]
    [InlineData("eals")]
    [InlineData("funk-mf")]
    [InlineData("nmf")]
    [InlineData("svd-plus-plus")]
    [InlineData("pa-mf")]
    [InlineData("pmf-da")]
    [InlineData("ials")]
    [InlineData("isgd")]
    [InlineData("popularity")]
    [InlineData("raisgd")]
    [InlineData("warp")]
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
    public void A_forgotten_user_is_scored_and_ranked_as_one_who_never_came(string type)
    {
        StageType line = StageCases.Types.Single(t => t.Name == type);
        object options = line.NewOptions();
        // Who has not come then starts with the same row as everybody.
        line.OptionsType.GetProperty("InitSigma")?.SetValue(options, 0.0);
        StageCase subject = new(line, options);
        StageStream stream = Stream(6);
        using Owner owner = new(subject.Create());
        subject.Run(owner.Stage, stream, 0, Length, 256);
        IRecommender model = (IRecommender)((IModelOperator)owner.Stage).Model;
        ScoredItem[] top = new ScoredItem[5];
        double kept = model.Score(new Example { User = Key(3), Item = 4 });
        Assert.True(model.TopK(new Example { User = Key(2) }, top) > 0);
        ((IForgetful)owner.Stage).Forget(Key(2));
        for (ulong item = 0; item < 40; item++)
        {
            Example forgotten = new() { User = Key(2), Item = item, Weight = 1 }, never = forgotten with { User = Key(77) };
            Assert.Equal(model.Score(never), model.Score(forgotten));
            Assert.Equal(model.Rank(never, 20), model.Rank(forgotten, 20));
        }

        Assert.Equal(0, model.TopK(new Example { User = Key(2) }, top));
        // Who is forgotten is nobody's neighbour any more; nothing else of others changes.
        if (type != "user-knn") Assert.Equal(kept, model.Score(new Example { User = Key(3), Item = 4 }));
        Assert.Equal(Users - 2, ((IModelStatistics)model).Users);
    }

    [Theory]
    [InlineData("count-window")]
    [InlineData("time-window")]
    [InlineData("stability")]
    public void What_comes_after_a_tombstone_is_what_would_come_had_the_user_not_been_there(string type)
    {
        StageType line = StageCases.Types.Single(t => t.Name == type);
        object options = line.NewOptions();
        line.OptionsType.GetProperty("Model")?.SetValue(options, "x");
        if (options is WindowOptions window) window.Key = WindowKey.User;
        StageCase subject = new(line, options);
        StageStream stream = Stream(7), without = Stream(7);
        for (int i = 0; i < 600; i++)
        {
            if (without.Events[i].User != Key(5)) continue;
            without.Events[i].Value = double.NaN;
            without.Events[i].User = 0;
            without.Lists[i] = [];
        }

        using Owner forgetting = new(subject.Create()), other = new(subject.Create());
        subject.Run(forgetting.Stage, stream, 0, 600, 100);
        subject.Run(other.Stage, without, 0, 600, 100);
        ((IForgetful)forgetting.Stage).Forget(Key(5));
        Assert.Equal(subject.Run(other.Stage, without, 600, Length, 100), subject.Run(forgetting.Stage, stream, 600, Length, 100));
    }

    [Fact]
    public void Rows_that_were_freed_go_to_newcomers_before_anybody_is_evicted()
    {
        using Popularity model = new(new PopularityOptions { Users = 4, Items = 4, HistoryEntries = 60 });
        for (ulong user = 1; user <= 4; user++) model.Learn(new Example { User = user, Item = 1, Weight = 1 });
        model.Forget(2);
        model.Forget(3);
        model.Learn(new Example { User = 5, Item = 1, Weight = 1 });
        model.Learn(new Example { User = 3, Item = 2, Weight = 1 });
        Assert.Equal((4L, 0L), (model.Users, model.Evictions));
        model.Learn(new Example { User = 6, Item = 1, Weight = 1 });
        Assert.Equal((4L, 1L), (model.Users, model.Evictions));
        model.Forget(6);
        Assert.Equal(3L, model.Users);
    }

    [Fact]
    public void Counts_of_other_keys_stay_within_their_bounds_when_one_is_forgotten()
    {
        SpaceSaving sketch = new(new SpaceSavingOptions { Capacity = 5 }, seed: 1);
        Dictionary<ulong, long> exact = [];
        Abstractions.Randomness.CounterRng rng = new(2, 3);
        for (int i = 0; i < 3000; i++)
        {
            ulong key = 1 + Math.Min(rng.NextBelow(30), rng.NextBelow(30));
            sketch.Add(key);
            exact[key] = exact.GetValueOrDefault(key) + 1;
            if (i % 97 == 0)
            {
                ulong gone = 1 + rng.NextBelow(10);
                sketch.Forget(gone);
                exact.Remove(gone);
                Assert.DoesNotContain(sketch.Top(5), t => t.Key == gone);
            }

            foreach ((ulong known, long count) in exact)
            {
                Estimate estimate = sketch.Frequency(known);
                Assert.InRange(count, estimate.Lower, estimate.Value);
            }
        }
    }

    private static ulong Key(ulong user) => 0xA5C3_96E1_0000_0000UL + (user * 0x0101_0101UL);

    private static StageStream Stream(ulong seed)
    {
        StageStream stream = new(Length, seed, absurd: false);
        foreach (ref Event e in stream.Events.AsSpan())
        {
            if (e.User != 0) e.User = Key(e.User);
        }

        return stream;
    }

    private static bool Holds(ReadOnlySpan<byte> state, ulong key) => state.IndexOf(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in key))) >= 0;

    private readonly struct Owner(IOperator stage) : IDisposable
    {
        public IOperator Stage => stage;

        public IStateful State => (IStateful)stage;

        public void Dispose() => (stage as IDisposable)?.Dispose();
    }
}
