using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Bandits.Linear;

/// <summary>Options of every policy that is linear in features.</summary>
public abstract class LinearPolicyOptions : LearningPolicyOptions, IValidatableOptions
{
    private protected LinearPolicyOptions()
    {
    }

    /// <summary>Which features are seen: <c>action</c>, <c>context</c> or <c>both</c>; default <c>both</c>.</summary>
    public FeatureOrigin Features { get; set; } = FeatureOrigin.Both;

    /// <summary>Whether a feature that is always 1 is added, so that an arm can be good whatever the features; default true.</summary>
    public bool Intercept { get; set; } = true;

    /// <summary>
    /// Most features that are told apart, 1 to 16,384; default 1,024. Named features are hashed into so many, places of dense vectors keep their order; those
    /// that meet add up. Raising it makes that rarer; matrices grow with the square of the features that have occurred.
    /// </summary>
    [Range(1, 16_384)]
    public int Dimensions { get; set; } = 1024;

    /// <summary>l2 penalty on the weights of an arm (its matrix starts as this times the identity), 1e-6 to 1e6; default 1. Raising it trusts few events less.</summary>
    [Range(1e-6, 1e6)]
    public double Lambda { get; set; } = 1;

    /// <summary>
    /// Most bytes of all arms' matrices, 1,024 to 2^40; default 268,435,456 (256 MiB). Arms that do not fit are forgotten, those pulled longest ago first.
    /// Raising it keeps more arms.
    /// </summary>
    [Range(1024L, 1L << 40)]
    public long MaxBytes { get; set; } = 256L << 20;

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        long needed = RidgeArms.BlockBytes(this);
        if (MaxBytes < needed) yield return (nameof(MaxBytes), $"found {MaxBytes}; allowed is at least {needed}, the bytes of one arm with {nameof(Dimensions)} = {Dimensions}");
    }
}
