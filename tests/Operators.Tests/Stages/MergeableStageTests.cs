using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Stages;

/// <summary>What views across shards rely on, of every stage that can have one.</summary>
public sealed class MergeableStageTests
{
    private const int Length = 900;

    public static IEnumerable<TheoryDataRow<string, int>> Mergeable =>
        StageCases.All.Where(c => With(c.Type, c.Options, stage => stage is IMergeableOperator)).Select(c => new TheoryDataRow<string, int>(c.Type, c.Options));

    [Fact]
    public void Whose_state_is_said_to_merge_and_who_can_be_merged_are_the_same()
    {
        foreach ((string type, int options) in StageCases.All)
            Assert.Equal(With(type, options, stage => stage is IStateful { Scope: StateScope.Mergeable }), With(type, options, stage => stage is IMergeableOperator));
        Assert.Equal(["count-min", "hyperloglog", "space-saving"], Mergeable.Select(m => m.Data.Item1).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Mergeable))]
    public void Merging_into_one_that_was_restored_before_is_merging_into_a_new_one(string type, int options)
    {
        StageCase subject = StageCases.Create(type, options);
        byte[][] states = [.. Enumerable.Range(0, 3).Select(shard => State(subject, shard))];
        IMergeableOperator used = (IMergeableOperator)subject.Create(), part = (IMergeableOperator)subject.Create();
        foreach (int first in (int[])[0, 1, 2, 0])
        {
            IMergeableOperator fresh = (IMergeableOperator)subject.Create();
            StateBytes.Restore(fresh, states[first]);
            StateBytes.Restore(used, states[first]);
            for (int next = 1; next < 3; next++)
            {
                byte[] state = states[(first + next) % 3];
                StateBytes.Restore(part, state);
                used.Merge(part);
                Assert.Equal(state, StateBytes.Save(part)); // what is merged is left as it was
                IMergeableOperator other = (IMergeableOperator)subject.Create();
                StateBytes.Restore(other, state);
                fresh.Merge(other);
                (other as IDisposable)?.Dispose();
            }

            Assert.Equal(StateBytes.Save(fresh), StateBytes.Save(used));
            Assert.Equal(StageCase.Report(fresh), StageCase.Report(used));
            (fresh as IDisposable)?.Dispose();
        }

        (used as IDisposable)?.Dispose();
        (part as IDisposable)?.Dispose();
    }

    [Theory]
    [MemberData(nameof(Mergeable))]
    public void Another_kind_is_refused_and_changes_nothing(string type, int options)
    {
        StageCase subject = StageCases.Create(type, options);
        IMergeableOperator stage = (IMergeableOperator)subject.Create();
        subject.Run(stage, new StageStream(Length, seed: 31, absurd: false), 0, Length, 100);
        byte[] before = StateBytes.Save(stage);
        foreach (string other in Mergeable.Select(m => m.Data.Item1).Distinct().Where(t => t != type))
            With(other, 0, another => Assert.Contains(stage.StateTag, Assert.Throws<ArgumentException>(() => stage.Merge((IMergeableOperator)another)).Message, StringComparison.Ordinal));
        Assert.Equal(before, StateBytes.Save(stage));
        (stage as IDisposable)?.Dispose();
    }

    private static byte[] State(StageCase subject, int shard)
    {
        IOperator stage = subject.Create();
        subject.Run(stage, new StageStream(Length, seed: 40 + (ulong)shard, absurd: shard == 1), 0, Length - (200 * shard), 100);
        byte[] state = StateBytes.Save((IStateful)stage);
        (stage as IDisposable)?.Dispose();
        return state;
    }

    private static void With(string type, int options, Action<IOperator> use) => With(type, options, stage =>
    {
        use(stage);
        return true;
    });

    private static T With<T>(string type, int options, Func<IOperator, T> use)
    {
        IOperator stage = StageCases.Create(type, options).Create();
        T result = use(stage);
        (stage as IDisposable)?.Dispose();
        return result;
    }
}
