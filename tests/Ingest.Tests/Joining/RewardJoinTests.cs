using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Ingest.Joining;
using Streaming.Shared.State;

namespace Streaming.Ingest.Tests.Joining;

public sealed class RewardJoinTests
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(53, 1);
    private static readonly JoinOptions Minute = new() { WindowSeconds = 60 };

    [Fact]
    public void A_decision_comes_back_with_its_reward_when_its_window_has_closed_and_not_before()
    {
        JoinRun run = JoinRun.Of(Minute, [Rec.Decides(5, 100), Rec.Earns(5, 110, 2), Rec.Meets(160), Rec.Earns(5, 160, 0.5), Rec.Meets(161), Rec.Meets(170)]);
        Assert.Equal(["2 Interaction 0 160 3", "0 Decision 5 100 2.5 1 0.5 [0] [70 71] [0.5] [0.25 0]", "4 Interaction 0 161 3", "5 Interaction 0 170 3"], run.Events);
        Assert.Empty(run.Rejections);
        Assert.Equal(new JoinCounts { Rewards = 2, Decisions = 1 }, run.Position.Join);
    }

    [Fact]
    public void What_needs_no_join_passes_untouched()
    {
        JoinRun run = JoinRun.Of(Minute, [Rec.Meets(5), Rec.Decides(1, 6, 0.5), Rec.Meets(3), Rec.Decides(1, 7, 0)]);
        Assert.Equal([0, 1, 2, 3], run.Events.Select(e => int.Parse(e.Split(' ')[0])));
        Assert.Equal(default, run.Position.Join);
    }

    [Theory]
    [InlineData(RewardAggregate.Sum, 6.5)]
    [InlineData(RewardAggregate.Mean, 6.5 / 3)]
    [InlineData(RewardAggregate.Max, 4)]
    [InlineData(RewardAggregate.Last, 1.5)]
    public void Several_rewards_come_to_one_number(RewardAggregate aggregate, double label)
    {
        JoinOptions options = new() { WindowSeconds = 60, Aggregate = aggregate };
        JoinRun run = JoinRun.Of(options, [Rec.Decides(5, 100), Rec.Earns(5, 120, 1), Rec.Earns(5, 110, 4), Rec.Earns(5, 120, 1.5)]);
        Assert.Equal(label, ValueOf(run, 5));
    }

    [Fact]
    public void Without_a_reward_a_decision_gets_the_default()
    {
        JoinRun run = JoinRun.Of(new JoinOptions { DefaultReward = -0.25 }, [Rec.Decides(5, 100)]);
        Assert.Equal(-0.25, ValueOf(run, 5));
        Assert.Equal(new JoinCounts { Decisions = 1, Defaulted = 1 }, run.Position.Join);
    }

    [Fact]
    public void Rewards_without_a_decision_outside_its_window_or_twice_and_decisions_twice_are_rejected_and_counted()
    {
        JoinRun run = JoinRun.Of(
            Minute,
            [
                Rec.Earns(9, 50, 1), // nobody's
                Rec.Decides(5, 100),
                Rec.Earns(5, 90, 1), // before its decision
                Rec.Decides(5, 101), // waits already
                Rec.Earns(5, 110, 1, id: 77), Rec.Earns(5, 111, 1, id: 77), // a second copy
                Rec.Meets(130),
                Rec.Earns(5, 161, 1), // too late
                Rec.Meets(200),
            ]);
        Assert.Equal(1, ValueOf(run, 5));
        Assert.Equal(["0 orphan-reward", "2 orphan-reward", "3 duplicate-decision", "5 duplicate-reward", "7 orphan-reward"], run.Rejections.Order());
        Assert.Equal(5, run.Position.RejectedTotal);
        Assert.Equal(5, RewardJoin.RejectedOf(run.Position));
        Assert.Equal(new JoinCounts { Rewards = 1, Decisions = 1 }, run.Position.Join);
    }

    [Fact]
    public void A_reward_may_come_before_its_decision()
    {
        JoinRun run = JoinRun.Of(Minute, [Rec.Earns(5, 110, 2), Rec.Meets(115), Rec.Decides(5, 100)]);
        Assert.Equal(2, ValueOf(run, 5));
        Assert.Empty(run.Rejections);
    }

    /// <summary>The label by its definition alone: of a log in time order, what came for a decision within its window.</summary>
    [Fact]
    public void Labels_are_those_of_the_definition() => Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
    {
        Rec[] log = Log((ulong)seed, 60);
        JoinRun run = JoinRun.Of(Minute, log);
        double[] labels = [.. Decisions(run).Select(d => d.Value)];
        double[] defined = [.. Decisions(run).Select(d => log.Where(r => r.Kind == EventKind.Outcome && r.Decision == d.Key && r.Seconds >= d.Time && r.Seconds <= d.Time + 60)
            .OrderBy(r => r.Seconds).ThenBy(r => r.Value).Sum(r => r.Value))];
        Assert.Equal(defined, labels);
        Assert.Equal(log.Count(r => r.Kind == EventKind.Decision), labels.Length);
        PartitionPosition p = run.Position;
        Assert.Equal(log.Length, run.Events.Count + p.Join.Rewards + p.RejectedTotal);
        long[] closes = [.. Decisions(run).Select(d => d.Time)];
        Assert.Equal(closes.Order(), closes);
    }).Check(Repeatable);

    [Fact]
    public void Batches_may_be_cut_anywhere_and_another_join_may_take_over_at_any_record() => Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
    {
        Rec[] log = Log((ulong)seed, 40);
        CounterRng rng = new((ulong)seed, 2);
        JoinOptions options = new() { WindowSeconds = 60, MaxBytes = rng.NextBelow(2) == 0 ? 1 << 16 : 2_000 };
        if (rng.NextBelow(2) == 0) Shuffle(log, ref rng);
        JoinRun whole = JoinRun.Of(options, log);
        for (int k = 0; k < 4; k++)
        {
            JoinRun other = JoinRun.Of(options, log, 1 + (int)rng.NextBelow(5), (int)rng.NextBelow((ulong)log.Length));
            Assert.Equal(whole.Events, other.Events);
            Assert.Equal(whole.Rejections.Order(), other.Rejections.Order());
            Assert.Equal(whole.Position.Join, other.Position.Join);
            Assert.Equal(whole.Position.Rejected, other.Position.Rejected);
        }
    }).Check(Repeatable);

    [Fact]
    public void The_order_of_arrival_within_the_windows_changes_no_label() => Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
    {
        CounterRng rng = new((ulong)seed, 3);
        Rec[] log = [.. Log((ulong)seed, 40).Where(r => r.Seconds < 60)];
        foreach (RewardAggregate aggregate in Enum.GetValues<RewardAggregate>())
        {
            JoinOptions options = new() { WindowSeconds = 60, Aggregate = aggregate };
            (ulong, long, double)[] labels = [.. Decisions(JoinRun.Of(options, log)).Order()];
            Rec[] shuffled = [.. log];
            Shuffle(shuffled, ref rng);
            Assert.Equal(labels, Decisions(JoinRun.Of(options, shuffled)).Order());
        }
    }).Check(Repeatable);

    [Fact]
    public void What_waits_is_bounded_and_windows_that_are_closed_early_are_counted()
    {
        JoinOptions options = new() { WindowSeconds = 1e6, MaxBytes = 1 << 16 };
        Rec[] log = [.. Enumerable.Range(0, 1000).Select(i => Rec.Decides((ulong)i + 1, i))];
        JoinRun run = JoinRun.Of(options, log);
        Assert.Equal(1000, run.Events.Count);
        Assert.InRange(run.Position.Join.ClosedEarly, 800, 900); // some 340 bytes each, and 65,536 in all
        Assert.Equal(Enumerable.Range(0, 1000), Decisions(run).Select(d => (int)d.Time));
    }

    [Fact]
    public void A_copy_of_a_reward_is_told_among_any_number_of_them()
    {
        const int Rewards = 3000;
        List<Rec> log = [Rec.Decides(5, 100)];
        for (ulong i = 1; i <= Rewards; i++)
        {
            log.Add(Rec.Earns(5, 110, 1, id: i));
            if (i % 3 == 0) log.Add(Rec.Earns(5, 111, 1, id: 1 + (i / 2)));
            if (i % 5 == 0) log.Add(Rec.Earns(5, 112, 0.5)); // without an id it cannot be a copy
        }

        JoinRun whole = JoinRun.Of(Minute, log), resumed = JoinRun.Of(Minute, log, room: 2, saveAt: log.Count / 2);
        Assert.Equal(Rewards + (Rewards / 5 * 0.5), ValueOf(whole, 5));
        Assert.Equal(Rewards / 3, whole.Position.Rejected[(int)RejectionReason.DuplicateReward]);
        Assert.Equal(whole.Events, resumed.Events);
        Assert.Equal(whole.Rejections, resumed.Rejections);
    }

    [Theory]
    [InlineData(0.001009)]
    [InlineData(4.35)]
    public void A_reward_at_the_very_end_of_its_window_counts(double seconds)
    {
        RewardJoin join = new(new JoinOptions { WindowSeconds = seconds });
        using BatchPool pool = new(1, 4, 0, 0);
        BatchLease lease = pool.Rent();
        lease.Batch.Add().Kind = EventKind.Decision;
        lease.Batch.Events[^1].Decision = 5;
        join.Pass(lease.Batch, default, 4);
        ref Event reward = ref lease.Batch.Add();
        (reward.Kind, reward.Decision, reward.Value, reward.Time) = (EventKind.Outcome, 5, 2, (long)Math.Round(seconds * 1e6));
        Assert.Equal(RejectionReason.None, join.Pass(lease.Batch, default, 4));
        join.End();
        Assert.True(join.Drain(lease.Batch, 4));
        Assert.Equal(2, lease.Batch.Events[0].Value);
        lease.Release();
    }

    [Fact]
    public void A_snapshot_of_another_window_and_bytes_that_are_no_event_are_refused()
    {
        RewardJoin join = new(Minute);
        byte[] state = StateBytes.Save(join);
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new RewardJoin(new JoinOptions { WindowSeconds = 61 }), state));
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new RewardJoin(new JoinOptions { WindowSeconds = 60, Aggregate = RewardAggregate.Max }), state));
        using BatchPool pool = new(1, 4, 0, 0);
        BatchLease lease = pool.Rent();
        ref Event e = ref lease.Batch.Add();
        (e.Kind, e.Decision) = (EventKind.Decision, 0x1234_5678_9ABC);
        join.Pass(lease.Batch, default, 4);
        state = StateBytes.Save(join);
        int at = state.AsSpan().LastIndexOf(BitConverter.GetBytes(0x1234_5678_9ABCUL)) + 8 + 20; // the kind follows the decision, four numbers later
        Assert.Equal((byte)EventKind.Decision, state[at]);
        StateBytes.Restore(new RewardJoin(Minute), state);
        state[at] = 7;
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new RewardJoin(Minute), state));
        lease.Release();
    }

    private static double ValueOf(JoinRun run, ulong decision) => Decisions(run).Single(d => d.Key == decision).Value;

    private static IEnumerable<(ulong Key, long Time, double Value)> Decisions(JoinRun run) =>
        run.Events.Select(e => e.Split(' ')).Where(e => e[1] == "Decision").Select(e => (ulong.Parse(e[2]), long.Parse(e[3]), double.Parse(e[4])));

    /// <summary>A log in time order: decisions with different ids, rewards for them and for nobody, interactions.</summary>
    private static Rec[] Log(ulong seed, int records)
    {
        CounterRng rng = new(seed, 1);
        List<Rec> log = [];
        long seconds = 0;
        ulong decisions = 0;
        for (int i = 0; i < records; i++)
        {
            seconds += (long)rng.NextBelow(8);
            log.Add(rng.NextBelow(4) switch
            {
                0 => Rec.Meets(seconds),
                1 => Rec.Decides(++decisions, seconds),
                _ => Rec.Earns(1 + rng.NextBelow(decisions + 2), seconds, rng.NextNormal()),
            });
        }

        return [.. log];
    }

    private static void Shuffle(Rec[] log, ref CounterRng rng)
    {
        for (int i = log.Length - 1; i > 0; i--)
        {
            int j = (int)rng.NextBelow((ulong)i + 1);
            (log[i], log[j]) = (log[j], log[i]);
        }
    }
}
