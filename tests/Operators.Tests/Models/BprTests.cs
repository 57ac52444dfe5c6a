using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class BprTests
{
    [Theory]
    [InlineData(NegativeSampling.Uniform, true, 1)]
    [InlineData(NegativeSampling.Uniform, false, 4)]
    [InlineData(NegativeSampling.Popularity, true, 4)]
    [InlineData(NegativeSampling.Popularity, false, 1)]
    public void It_follows_the_published_algorithm(NegativeSampling sampling, bool biases, int samples)
    {
        BprOptions options = new()
        {
            Factors = 5,
            LearningRate = .1,
            Regularization = .03,
            BiasLearningRate = .08,
            BiasRegularization = .02,
            ItemBiases = biases,
            Sampling = sampling,
            Samples = samples,
        };
        NormalRows<double> userRows = new(1, .3), itemRows = new(2, .3);
        using Bpr<double> model = new(options, userRows, itemRows, seed: 6);
        PlainPairwise plain = new(options, userRows, itemRows, seed: 6);
        CounterRng rng = new(9, 9);
        int steps = 0;
        for (int n = 0; n < 500; n++)
        {
            ulong user = 1 + rng.NextBelow(8), item = 1 + Math.Min(rng.NextBelow(40), rng.NextBelow(40));
            float weight = n % 7 == 0 ? 2.5f : 1;
            double expected = plain.Score(user, item);
            double score = model.ScoreThenLearn(new Example { User = user, Item = item, Weight = weight }, out double loss);
            Assert.Equal(expected, score, 1e-9);
            Assert.Equal(Math.Log(1 + Math.Exp(-expected)), loss, 1e-9);
            CounterRng draws = plain.Begin(item);
            for (int k = 0; k < samples; k++)
            {
                ulong drawn = plain.Draw(user, item, ref draws);
                if (drawn == 0) continue;
                steps++;
                plain.Step(user, item, drawn, weight / (1 + Math.Exp(plain.Score(user, item) - plain.Score(user, drawn))));
            }

            plain.End(user, item);
        }

        Assert.True(steps > 400 * samples);
    }

    [Fact]
    public void Without_an_item_that_is_new_to_the_user_nothing_is_learned()
    {
        using Bpr<double> model = new(new BprOptions(), 1);
        Example first = new() { User = 1, Item = 1, Weight = 1 }, second = new() { User = 1, Item = 2, Weight = 1 };
        double before = model.Score(first);
        model.Learn(first);
        Assert.Equal(before, model.Score(first));
        model.Learn(second); // the first is met already
        Assert.Equal(before, model.Score(first));
        model.Learn(new Example { User = 2, Item = 2, Weight = 1 });
        Assert.NotEqual(before, model.Score(first));
    }

    [Fact]
    public void The_penalty_pulls_factors_towards_zero()
    {
        // With the sign of the penalty turned, as one library has it, rows grow without bound.
        using Bpr<double> model = new(new BprOptions { Regularization = .5, ItemBiases = false }, 1);
        for (int n = 0; n < 20_000; n++) model.Learn(new Example { User = 1 + ((ulong)n % 7), Item = 1 + ((ulong)n % 11), Weight = 1 });
        for (ulong user = 1; user <= 7; user++)
        {
            for (ulong item = 1; item <= 11; item++) Assert.InRange(Math.Abs(model.Score(new Example { User = user, Item = item })), 0, .2);
        }
    }
}
