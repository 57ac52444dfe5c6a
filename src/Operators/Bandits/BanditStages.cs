using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Bandits.Policies;

namespace Streaming.Operators.Bandits;

/// <summary>The catalogue of policies.</summary>
public static class BanditStages
{
    /// <summary>All types of policy stages, by name.</summary>
    public static IReadOnlyList<StageType> All { get; } =
    [
        Line<EpsilonGreedyOptions>("epsilon-greedy", "Plays the arm with the best mean, and now and then any.", o => new EpsilonGreedy(o), EpsilonGreedy.BytesFor),
        Line<LinUcbOptions>("lin-ucb", "Plays the largest upper bound of a linear model for each arm.", o => new LinUcb(o), LinUcb.BytesFor),
        Line<ThompsonOptions>("thompson", "Plays each arm as often as it is believed to be the best.", o => new Thompson(o), Thompson.BytesFor),
        Line<Ucb1Options>("ucb1", "Plays the arm with the largest upper confidence bound of its mean.", o => new Ucb1(o), Ucb1.BytesFor),
        Line<UniformOptions>("uniform", "Plays any action: the least a policy must beat.", _ => new UniformPolicy(), _ => 64),
    ];

    private static StageType<TOptions> Line<TOptions>(string name, string summary, Func<TOptions, IBanditPolicy> create, Func<TOptions, long> bytes)
        where TOptions : PolicyOptions, new() =>
        new(
            name,
            StageKind.Bandit,
            summary,
            PolicyColumns.Definitions,
            (options, binding) => new PolicyOperator(create(options), options, binding),
            (options, _) => PolicyOperator.BytesFor(options) + bytes(options));
}
