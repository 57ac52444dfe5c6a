using System.Globalization;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Joining;
using Streaming.Shared.State;

namespace Streaming.Ingest.Tests.Joining;

/// <summary>A record as a test writes it: a decision without (Value NaN) or with its reward, a reward, or an interaction (Decision 0).</summary>
internal sealed record Rec(EventKind Kind, ulong Decision, long Seconds, double Value, ulong Id = 0)
{
    public static Rec Decides(ulong decision, long seconds, double reward = double.NaN) => new(EventKind.Decision, decision, seconds, reward);

    public static Rec Earns(ulong decision, long seconds, double reward, ulong id = 0) => new(EventKind.Outcome, decision, seconds, reward, id);

    public static Rec Meets(long seconds) => new(EventKind.Interaction, 0, seconds, 3);
}

/// <summary>What a join made of a stream.</summary>
internal sealed class JoinRun
{
    private const long Second = 1_000_000;

    /// <summary>Events in the order in which they entered the stream: kind, decision, time in seconds, value, and what belongs to it.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Rejected records: offset and reason.</summary>
    public List<string> Rejections { get; } = [];

    public PartitionPosition Position { get; } = new();

    /// <summary>Runs the records through a join, in batches of <paramref name="room"/> events.</summary>
    /// <param name="options">Of the join.</param>
    /// <param name="records">In the order of arrival.</param>
    /// <param name="room">Events a batch.</param>
    /// <param name="saveAt">After so many records another join takes over the saved state; -1 for never.</param>
    public static JoinRun Of(JoinOptions options, IReadOnlyList<Rec> records, int room = 1024, int saveAt = -1)
    {
        JoinRun run = new();
        RewardJoin join = new(options);
        using BatchPool pool = new(1, room, 0, 0);
        int next = 0;
        bool ended = false;
        while (!ended || join.Lags)
        {
            BatchLease lease = pool.Rent();
            EventBatch batch = lease.Batch;
            while (batch.Count < room)
            {
                if (join.Lags && !join.Drain(batch, room)) break;
                if (next == records.Count)
                {
                    if (ended) break;
                    join.End();
                    ended = true;
                    continue;
                }

                if (next == saveAt && saveAt >= 0)
                {
                    byte[] state = StateBytes.Save(join);
                    join = new RewardJoin(options);
                    StateBytes.Restore(join, state);
                    Assert.Equal(state, StateBytes.Save(join));
                    saveAt = -1;
                }

                run.Add(join, batch, records[next], next++, room);
            }

            run.Collect(batch);
            lease.Release();
        }

        join.Describe(run.Position);
        Assert.Equal(0, join.Open);
        return run;
    }

    private void Add(RewardJoin join, EventBatch batch, Rec record, int offset, int room)
    {
        BatchMark before = batch.Mark();
        ref Event e = ref batch.Add();
        (e.Kind, e.Decision, e.Time, e.ArrivalTime, e.Value, e.Offset, e.Item) =
            (record.Kind, record.Decision, record.Seconds * Second, record.Seconds * Second, record.Value, offset, record.Id);
        if (record.Kind == EventKind.Decision)
        {
            batch.Features.Add(new Feature(7, offset));
            e.Features = new ArenaSpan(batch.Features.Length - 1, 1);
            batch.Features.Add(new Feature(8, offset + 0.5f));
            batch.Actions.Add(new CandidateAction(70, new ArenaSpan(batch.Features.Length - 1, 1)));
            batch.Actions.Add(new CandidateAction(71, default));
            e.Actions = new ArenaSpan(batch.Actions.Length - 2, 2);
            e.Expected = batch.Rewards.Add([0.25, offset]);
            (e.Chosen, e.Propensity) = (1, 0.5f);
        }

        RejectionReason reason = join.Pass(batch, before, room);
        if (reason != RejectionReason.None) Rejections.Add($"{offset} {reason.Label()}");
    }

    private void Collect(EventBatch batch)
    {
        foreach (ref readonly Event e in batch.Events)
        {
            string features = string.Join(' ', batch.Features[e.Features].ToArray().Select(f => f.Value));
            string actions = string.Join(' ', batch.Actions[e.Actions].ToArray().Select(a => a.Id));
            string own = e.Actions.IsEmpty ? "" : string.Join(' ', batch.Features[batch.Actions[e.Actions][0].Features].ToArray().Select(f => f.Value));
            string expected = string.Join(' ', batch.Rewards[e.Expected].ToArray());
            string decision = e.Kind == EventKind.Decision ? $" {e.Chosen} {e.Propensity} [{features}] [{actions}] [{own}] [{expected}]" : "";
            Events.Add(string.Create(CultureInfo.InvariantCulture, $"{e.Offset} {e.Kind} {e.Decision} {e.Time / Second} {e.Value:R}{decision}"));
        }

        for (int i = 0; i < batch.Rejections.Count; i++) Rejections.Add($"{batch.Rejections[i].Offset} {batch.Rejections[i].Error.Reason.Label()}");
    }
}
