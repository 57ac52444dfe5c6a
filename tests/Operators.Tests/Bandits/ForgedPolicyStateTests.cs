using Streaming.Abstractions.State;
using Streaming.Operators.Bandits.Linear;
using Streaming.Operators.Bandits.OffPolicy;
using Streaming.Operators.Bandits.Policies;
using Streaming.Operators.Bandits.Regret;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

/// <summary>States that are whole and well formed, and that no stream leads to.</summary>
public sealed class ForgedPolicyStateTests
{
    [Fact]
    public void A_feature_slot_twice()
    {
        using FeatureMap map = new(5, FeatureOrigin.Both, intercept: false);
        StateBytes.AssertRefused(
            (ref writer) =>
            {
                writer.Shape("Dimensions", 5);
                writer.Shape("Features", 0);
                writer.Shape("Intercept", 0);
                writer.WriteSpan<int>([3, 3]);
            },
            (ref reader) => map.Restore(ref reader));
    }

    [Fact]
    public void A_point_of_the_regret_curve_where_none_is_kept() => StateBytes.AssertRefused(
        (ref writer) =>
        {
            writer.WriteSpan<long>([100, 107]);
            writer.WriteRaw<double>([1, 2]);
        },
        (ref reader) => new RegretCurve().Restore(ref reader));

    [Theory]
    [InlineData(true, new ulong[] { 4, 5 })] // some left out, and there is room
    [InlineData(false, new ulong[] { 4, 4 })]
    [InlineData(false, new ulong[] { 0 })]
    public void Actions_that_contradict_each_other(bool incomplete, ulong[] keys)
    {
        using FixedActions actions = new(3);
        StateBytes.AssertRefused(
            (ref writer) =>
            {
                writer.Write(incomplete);
                writer.WriteSpan<ulong>(keys);
                writer.WriteRaw<double>(new double[keys.Length]);
            },
            (ref reader) => actions.Restore(ref reader));
    }

    [Fact]
    public void An_arm_pulled_after_the_last_pull()
    {
        using LinUcb policy = new(new LinUcbOptions()), resumed = new(new LinUcbOptions());
        using DecisionBatch batch = new(1);
        batch.Add(DecisionBatch.Dense(1, 2), [(0x1234567, [])]);
        for (int n = 0; n < 77; n++) policy.Learn(batch[0], 0, 1, 1);
        byte[] state = StateBytes.Save(policy);
        int first = state.AsSpan().IndexOf(BitConverter.GetBytes(77L)), last = state.AsSpan().LastIndexOf(BitConverter.GetBytes(77L));
        Assert.NotEqual(first, last);
        state[last] = 78;
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(resumed, state));
    }

    [Theory]
    [InlineData(nameof(LinUcbOptions.Dimensions))]
    [InlineData(nameof(LinUcbOptions.Features))]
    [InlineData(nameof(LinUcbOptions.Intercept))]
    [InlineData(nameof(LinUcbOptions.Lambda))]
    public void A_linear_policy_of_another_shape(string option)
    {
        LinUcbOptions other = new();
        (other.Dimensions, other.Features, other.Intercept, other.Lambda) = option switch
        {
            nameof(LinUcbOptions.Dimensions) => (99, other.Features, other.Intercept, other.Lambda),
            nameof(LinUcbOptions.Features) => (other.Dimensions, FeatureOrigin.Action, other.Intercept, other.Lambda),
            nameof(LinUcbOptions.Intercept) => (other.Dimensions, other.Features, false, other.Lambda),
            _ => (other.Dimensions, other.Features, other.Intercept, 2),
        };
        using LinUcb policy = new(new LinUcbOptions()), resumed = new(other);
        StateMismatchException told = Assert.Throws<StateMismatchException>(() => StateBytes.Restore(resumed, StateBytes.Save(policy)));
        Assert.Contains(option, told.Message, StringComparison.Ordinal);
    }
}
