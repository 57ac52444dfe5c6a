using Streaming.Abstractions.Randomness;
using Streaming.Ingest.Synthetic;

namespace Streaming.Ingest.Tests.Synthetic;

public class WeightedChoiceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(37)]
    public void Frequencies_follow_the_weights(int count)
    {
        const int Draws = 400_000;
        double[] weights = [.. Enumerable.Range(1, count).Select(i => 1.0 / i)];
        double sum = weights.Sum();
        int[] seen = new int[count];
        WeightedChoice choice = new(weights);
        CounterRng rng = new(11, 1);
        for (int n = 0; n < Draws; n++) seen[choice.Draw(ref rng)]++;
        for (int i = 0; i < count; i++)
        {
            double p = weights[i] / sum;
            Assert.InRange(seen[i], Draws * p - 5 * Math.Sqrt(Draws * p * (1 - p)), Draws * p + 5 * Math.Sqrt(Draws * p * (1 - p)));
        }
    }
}
