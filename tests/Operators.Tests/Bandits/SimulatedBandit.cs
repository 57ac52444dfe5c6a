using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Bandits;

namespace Streaming.Operators.Tests.Bandits;

/// <summary>
/// A stream of known truth with a uniform logging policy. Expected reward = 1 / (1 + exp(-4 x.theta_a)) where contexts matter, else (a + 1) / (arms + 1);
/// the reward is 0 or 1.
/// </summary>
internal sealed class SimulatedBandit(ulong seed, int arms, int features)
{
    public StageReport Run(StageType type, object options, int events, bool fullInformation = false)
    {
        IOperator stage = type.Create(options, StageBinding.Free(type.Name, seed));
        const int Size = 500;
        for (int first = 0; first < events; first += Size)
        {
            using DecisionBatch batch = new(Size);
            for (int n = first; n < first + Size; n++) Add(batch, n, fullInformation);
            stage.Process(batch.Batch);
        }

        StageReport report = new(type.Name, type.Name);
        stage.Report(report);
        (stage as IDisposable)?.Dispose();
        return report;
    }

    public static StageType Policy(string name) => BanditStages.All.Single(t => t.Name == name);

    private void Add(DecisionBatch batch, int n, bool fullInformation)
    {
        CounterRng chance = new(seed, 7, (ulong)n);
        (ulong, Feature[])[] actions = new (ulong, Feature[])[arms];
        double[] expected = new double[arms], rewards = new double[arms];
        for (int a = 0; a < arms; a++)
        {
            float[] x = new float[features];
            CounterRng draws = new(seed, (ulong)n, (ulong)a), weights = new(seed + 1, (ulong)a);
            double score = 0, norm = 0;
            foreach (ref float value in x.AsSpan())
            {
                value = (float)((2 * draws.NextDouble()) - 1);
                norm += value * value;
                score += value * weights.NextNormal() / Math.Sqrt(features);
            }

            if (norm > 1)
            {
                foreach (ref float value in x.AsSpan()) value /= (float)Math.Sqrt(norm);
                score /= Math.Sqrt(norm);
            }

            actions[a] = ((ulong)a + 1, DecisionBatch.Dense(x));
            expected[a] = features > 0 ? 1 / (1 + Math.Exp(-4 * score)) : (a + 1.0) / (arms + 1);
            rewards[a] = chance.NextDouble() < expected[a] ? 1 : 0;
        }

        int chosen = (int)chance.NextBelow((ulong)arms);
        int index = batch.Add([], actions, chosen, rewards[chosen], 1f / arms, rewards: fullInformation ? rewards : null, expected: expected);
        batch.Batch.Events[index].Offset = n;
    }
}
