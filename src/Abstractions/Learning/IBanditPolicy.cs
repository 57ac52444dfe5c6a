using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;

namespace Streaming.Abstractions.Learning;

/// <summary>
/// Chooses among actions, and learns from what the chosen one earned. It says with which probability it would choose <em>each</em> action, not only
/// which one it chooses: off-policy evaluation needs its probability of the action that was logged.
/// </summary>
/// <remarks>One caller at a time. Choosing never changes state; only <see cref="Learn"/> does.</remarks>
public interface IBanditPolicy : IStateful
{
    /// <summary>
    /// Writes the probability of each action. A policy that draws in order to choose (Thompson sampling) draws several times and gives the shares, so
    /// that the probabilities are exact given the draws.
    /// </summary>
    /// <param name="decision">Context and actions.</param>
    /// <param name="rng">Draws of this decision alone.</param>
    /// <param name="probabilities">One number an action; not negative, sums to 1 up to rounding.</param>
    void Distribution(in Decision decision, ref CounterRng rng, Span<double> probabilities);

    /// <summary>Learns what an action earned.</summary>
    /// <param name="decision">Context and actions.</param>
    /// <param name="action">0-based place of the action among those of the decision.</param>
    /// <param name="reward">What it earned, finite.</param>
    /// <param name="weight">Importance, finite and not negative; at 0 nothing is learned.</param>
    void Learn(in Decision decision, int action, double reward, double weight);

    /// <summary>Draws an action from its probabilities: the first whose running sum exceeds a uniform number; the last possible one where rounding leaves none.</summary>
    static int Choose(ReadOnlySpan<double> probabilities, ref CounterRng rng)
    {
        double u = rng.NextDouble(), sum = 0;
        int last = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (!(probabilities[i] > 0)) continue;
            sum += probabilities[i];
            last = i;
            if (u < sum) return i;
        }

        return last;
    }
}
