using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;
using Streaming.Host.Configuration;
using Streaming.Host.Evaluate;
using Xunit;

namespace Streaming.Host.Tests.Evaluate;

public sealed class HeldOutTests
{
    private const int Count = 2000;

    private static readonly InteractionLog Log = Draw();

    public static TheoryData<string, double, bool> Splits => new()
    {
        { "Temporal", 0.2, false }, { "Random", 0.2, false }, { "PerUser", 0.3, false }, { "PerUser", 1, false }, { "PerUser", 5, false }, { "Temporal", 0.25, true },
    };

    [Theory]
    [MemberData(nameof(Splits))]
    public void Every_interaction_is_trained_folded_in_or_tested_and_the_seed_says_which(string kind, double test, bool strong)
    {
        HeldOut split = Split(kind, test, strong, 42), again = Split(kind, test, strong, 42), other = Split(kind, test, strong, 43);
        HashSet<int> tested = [.. split.Tested], folded = [.. split.FoldedIn.SelectMany(u => u)];
        Assert.Equal((split.Tested.Count, split.FoldedIn.Sum(u => u.Count)), (tested.Count, folded.Count));
        for (int i = 0; i < Log.Events.Count; i++)
            Assert.Equal(1, (split.Trained[(int)Log.Events[i].Number] ? 1 : 0) + (tested.Contains(i) ? 1 : 0) + (folded.Contains(i) ? 1 : 0));
        Assert.Equal(split.Tested, again.Tested);
        Assert.Equal(kind == "Random" || strong, !split.Tested.SequenceEqual(other.Tested));
        Assert.NotEmpty(tested);
        Assert.Equal(strong, folded.Count > 0);
    }

    [Fact]
    public void The_last_share_of_the_stream_is_held_out() =>
        Assert.Equal(Enumerable.Range(Log.Events.Count - (Log.Events.Count / 5), Log.Events.Count / 5), Split("Temporal", 0.2, false, 1).Tested);

    [Fact]
    public void A_drawn_share_is_near_what_was_asked_for() =>
        Assert.InRange(Split("Random", 0.3, false, 1).Tested.Count, 0.3 * Log.Events.Count - 100, 0.3 * Log.Events.Count + 100); // 5 standard deviations

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(0.4)]
    public void The_last_events_of_each_user_are_held_out_but_never_the_first(double test)
    {
        HeldOut split = Split("PerUser", test, false, 1);
        foreach (IGrouping<ulong, int> user in Enumerable.Range(0, Log.Events.Count).GroupBy(i => Log.Events[i].User))
        {
            int[] events = [.. user];
            int held = Math.Min(events.Length - 1, test >= 1 ? (int)test : Math.Max(1, (int)(test * events.Length)));
            Assert.Equal(events.TakeLast(held), split.Tested.Where(i => Log.Events[i].User == user.Key));
        }
    }

    [Fact]
    public void Of_users_held_out_whole_the_first_events_are_folded_in()
    {
        HeldOut split = Split("Temporal", 0.25, true, 1);
        foreach (List<int> user in split.FoldedIn)
        {
            ulong key = Log.Events[user[0]].User;
            int[] events = [.. Enumerable.Range(0, Log.Events.Count).Where(i => Log.Events[i].User == key)];
            Assert.Equal(Math.Clamp((int)(0.8 * events.Length), 1, Math.Max(1, events.Length - 1)), user.Count);
            Assert.Equal(events, user.Concat(split.Tested.Where(i => Log.Events[i].User == key)));
        }
    }

    private static HeldOut Split(string kind, double test, bool strong, ulong seed) => HeldOut.Split(
        Log, new EvaluateArguments(new ConfigurationLayers(null, [])) { Split = Enum.Parse<SplitKind>(kind), Test = test, StrongGeneralization = strong, Seed = seed });

    // Some events are none that a split is about, and some users have a single one.
    private static InteractionLog Draw()
    {
        CounterRng rng = new(4, 4);
        InteractionLog log = new();
        using BatchPool pool = new(1, Count, 0, 0);
        BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
        for (int i = 0; i < Count; i++)
        {
            ref Event e = ref lease.Batch.Add();
            (e.User, e.Item, e.Value) = (i % 100 == 0 ? 1000 + (ulong)i : 1 + rng.NextBelow(60), 1 + rng.NextBelow(80), 4);
            if (i % 9 == 0) e.Kind = EventKind.Outcome;
        }

        log.Add(lease.Batch);
        lease.Release();
        return log;
    }
}
