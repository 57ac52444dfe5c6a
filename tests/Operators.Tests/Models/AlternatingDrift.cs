using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>A model that makes its sums anew on every event, and one that only corrects them, on a stream that evicts and forgets.</summary>
internal static class AlternatingDrift
{
    public static void Check(AlternatingRecommender<double> resumming, AlternatingRecommender<double> correcting)
    {
        CounterRng rng = new(21, 1);
        for (int n = 0; n < 3000; n++)
        {
            Example example = new() { User = 1 + rng.NextBelow(60), Item = 1 + Math.Min(rng.NextBelow(90), rng.NextBelow(90)), Weight = 1 };
            Assert.Equal(resumming.ScoreThenLearn(example), correcting.ScoreThenLearn(example), 1e-9);
            if (n % 40 != 0) continue;
            resumming.Forget(example.User);
            correcting.Forget(example.User);
        }

        Assert.True(correcting.Evictions > 500);
        Assert.Equal(0, correcting.Resets);
    }
}
