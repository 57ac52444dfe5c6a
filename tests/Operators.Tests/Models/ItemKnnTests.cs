using Streaming.Abstractions.Learning;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class ItemKnnTests
{
    [Theory]
    [InlineData(ItemSimilarity.Conditional, 0, 0)]
    [InlineData(ItemSimilarity.Conditional, 3, 200)]
    [InlineData(ItemSimilarity.Cosine, 1, 50)]
    [InlineData(ItemSimilarity.Jaccard, 0.5, 1000)]
    public void Scores_ranks_and_lists_are_those_of_all_counts_in_dictionaries(ItemSimilarity similarity, double priorWeight, double halfLife)
    {
        ItemKnnOptions options = new() { Similarity = similarity, PriorWeight = priorWeight, HalfLife = halfLife, PriorHalfLife = 100, Neighbours = 90, Basket = 5, Shrinkage = 2 };
        foreach (int depth in (int[])[1, 20, int.MaxValue])
        {
            using ItemKnn model = new(options);
            new PlainItemKnn(options).Check(model, PlainRecommender.Random(1500, 40, 90), depth, every: 1);
        }
    }

    [Fact]
    public void Ranks_on_a_real_log_are_those_of_all_counts_in_dictionaries()
    {
        ItemKnnOptions options = new() { Neighbours = 1000 };
        using ItemKnn model = new(options);
        new PlainItemKnn(options).Check(model, RatingLog.MovieTweetings("10k"), depth: 200, every: 7);
    }

    [Fact]
    public void Ties_fade_and_what_came_lately_is_recommended()
    {
        using ItemKnn model = new(new ItemKnnOptions { HalfLife = 50, PriorWeight = 0, Shrinkage = 0.01 });
        ulong user = 1;
        Teach(model, ref user, 10, 11, times: 300);
        Teach(model, ref user, 10, 12, times: 300);
        model.Learn(Of(user, 10));
        ScoredItem[] best = new ScoredItem[2];
        Assert.Equal(2, model.TopK(new Example { User = user }, best));
        Assert.Equal((12UL, 11UL), (best[0].Item, best[1].Item));
        Assert.True(best[0].Score > 1000 * best[1].Score);
    }

    [Fact]
    public void Decay_goes_on_over_any_number_of_half_lives()
    {
        // Every 4,096 events the landmark moves: what is kept is divided by 2^256.
        ItemKnnOptions options = new() { HalfLife = 16, PriorHalfLife = 8, Neighbours = 40, Basket = 3 };
        using ItemKnn model = new(options);
        Streaming.Abstractions.Events.Event[] log = PlainRecommender.Random(12_000, 20, 40);
        foreach (ref Streaming.Abstractions.Events.Event e in log.AsSpan(0, 11_000)) model.Learn(Of(e.User, e.Item));
        using ItemKnn late = new(options);
        PlainItemKnn plain = new(options);
        foreach (ref Streaming.Abstractions.Events.Event e in log.AsSpan(11_000 - 3000, 3000))
        {
            late.Learn(Of(e.User, e.Item));
            plain.Learn(e);
        }

        // What lies 3,000 events back counts 2^-187: both agree on everything else.
        for (ulong user = 1; user <= 20; user++)
        {
            for (ulong item = 1; item <= 40; item++)
            {
                Assert.Equal(plain.Score(user, item), model.Score(Of(user, item)), 1e-9);
                Assert.Equal(plain.Score(user, item), late.Score(Of(user, item)), 1e-9);
            }
        }
    }

    private static void Teach(ItemKnn model, ref ulong user, ulong first, ulong second, int times)
    {
        for (int n = 0; n < times; n++, user++)
        {
            model.Learn(Of(user, first));
            model.Learn(Of(user, second));
        }
    }

    private static Example Of(ulong user, ulong item) => new() { User = user, Item = item, Weight = 1 };
}
