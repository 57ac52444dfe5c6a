using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Bandits;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

/// <summary>What every policy of the catalogue promises.</summary>
public sealed class PolicyContractTests
{
    public static IEnumerable<TheoryDataRow<string>> Policies => BanditStages.All.Select(t => new TheoryDataRow<string>(t.Name));

    [Theory]
    [MemberData(nameof(Policies))]
    public void Probabilities_sum_to_one_and_asking_for_them_changes_nothing(string name)
    {
        StageType type = SimulatedBandit.Policy(name);
        using PolicyOperator stage = (PolicyOperator)type.Create(type.NewOptions(), StageBinding.Free(name));
        IBanditPolicy policy = stage.Policy;
        using DecisionBatch batch = Decisions(300);
        Span<double> probabilities = stackalloc double[8], again = stackalloc double[8];
        for (int i = 0; i < 300; i++)
        {
            Decision decision = batch[i];
            Span<double> p = probabilities[..decision.Actions.Length], q = again[..decision.Actions.Length];
            byte[] before = StateBytes.Save(policy);
            CounterRng rng = new(3, (ulong)i), same = rng;
            policy.Distribution(decision, ref rng, p);
            policy.Distribution(decision, ref same, q);
            Assert.Equal(before, StateBytes.Save(policy));
            Assert.True(p.SequenceEqual(q));
            double sum = 0;
            foreach (double x in p)
            {
                Assert.InRange(x, 0, 1);
                sum += x;
            }

            Assert.Equal(1, sum, 1e-12);
            policy.Learn(decision, i % decision.Actions.Length, i % 3 == 0 ? 1 : 0, 1);
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void At_weight_zero_nothing_is_learned(string name)
    {
        StageType type = SimulatedBandit.Policy(name);
        using PolicyOperator stage = (PolicyOperator)type.Create(type.NewOptions(), StageBinding.Free(name));
        using DecisionBatch batch = Decisions(3);
        byte[] before = StateBytes.Save(stage.Policy);
        stage.Policy.Learn(batch[0], 0, 1, 0);
        // Features are told apart from the first time they are learned, which a weight of 0 is not.
        Assert.Equal(before, StateBytes.Save(stage.Policy));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_decision_allocates_nothing_once_its_like_has_come(string name)
    {
        StageType type = SimulatedBandit.Policy(name);
        using PolicyOperator stage = (PolicyOperator)type.Create(type.NewOptions(), StageBinding.Free(name));
        using DecisionBatch batch = Decisions(500);
        for (int warm = 0; warm < 3; warm++) stage.Process(batch.Batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        stage.Process(batch.Batch);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static DecisionBatch Decisions(int count)
    {
        DecisionBatch batch = new(count);
        CounterRng rng = new(4, 4);
        for (int i = 0; i < count; i++)
        {
            (ulong, Feature[])[] actions = new (ulong, Feature[])[1 + rng.NextBelow(6)];
            for (int a = 0; a < actions.Length; a++) actions[a] = ((ulong)a + 1, DecisionBatch.Named(rng.NextBelow(9)));
            batch.Add(DecisionBatch.Dense((float)rng.NextNormal(), (float)rng.NextNormal()), actions, (int)rng.NextBelow((ulong)actions.Length), rng.NextBelow(2), 1f / actions.Length);
        }

        return batch;
    }
}
