using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Operators.Models;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class ContentTests
{
    private static readonly ItemCatalogue Films = ListedItems.Of((1, [0]), (2, [0, 1]), (3, [1]), (4, [0, 2]), (5, []));

    [Fact]
    public void The_score_is_the_cosine_of_profile_and_features()
    {
        using Content<double> model = new(new ContentOptions { Idf = false, HalfLife = 1e9 }, Films);
        Assert.Equal(0, Score(model, 1, 1));
        Learn(model, 1, 1);
        Assert.Equal(1, Score(model, 1, 1), 1e-12);
        Assert.Equal(1 / Math.Sqrt(2), Score(model, 1, 2), 1e-12);
        Assert.Equal(0, Score(model, 1, 3));
        Learn(model, 1, 3);
        Assert.Equal(1, Score(model, 1, 2), 1e-8);
        Assert.Equal(0, Score(model, 1, 5));
        Assert.Equal(0, Score(model, 1, 99));
        Assert.Equal(0, Score(model, 2, 1));
    }

    [Fact]
    public void After_the_half_life_an_event_counts_half()
    {
        using Content<double> model = new(new ContentOptions { Idf = false, HalfLife = 2 }, Films);
        Learn(model, 1, 1);
        Learn(model, 1, 5);
        Learn(model, 1, 3);
        // A profile of 1/2 and 1.
        Assert.Equal(.5 / Math.Sqrt(1.25), Score(model, 1, 1), 1e-12);
        Assert.Equal(1 / Math.Sqrt(1.25), Score(model, 1, 3), 1e-12);
    }

    [Fact]
    public void The_importance_of_an_event_weighs_it()
    {
        using Content<double> model = new(new ContentOptions { Idf = false, HalfLife = 1e9 }, Films);
        model.Learn(new Example { User = 1, Item = 1, Weight = 3 });
        Learn(model, 1, 3);
        Assert.Equal(3 / Math.Sqrt(10), Score(model, 1, 1), 1e-7);
    }

    [Fact]
    public void Rare_features_count_more()
    {
        using Content<double> model = new(new ContentOptions { HalfLife = 1e9 }, Films);
        Learn(model, 1, 4);
        // Feature 0 is of three of five items, 2 of one.
        double common = Math.Log(1 + (5.0 / 3)), rare = Math.Log(6);
        Assert.Equal(common / Math.Sqrt((common * common) + (rare * rare)), Score(model, 1, 1), 1e-12);
    }

    [Fact]
    public void The_scale_of_a_number_does_not_matter()
    {
        ItemCatalogue.Builder small = new(), large = new();
        foreach ((ulong item, float price) in ((ulong, float)[])[(1, 2), (2, -1), (3, .5f)])
        {
            small.TryAdd(item, [new Feature(ListedItems.Key(0), price), new Feature(ListedItems.Key(1), 1)], ItemLife.Always, null);
            large.TryAdd(item, [new Feature(ListedItems.Key(0), 1024 * price), new Feature(ListedItems.Key(1), 1)], ItemLife.Always, null);
        }

        using Content<double> one = new(new ContentOptions(), small.Build()), other = new(new ContentOptions(), large.Build());
        foreach (Content<double> model in (Content<double>[])[one, other]) Learn(model, 1, 1);
        foreach (ulong item in (ulong[])[1, 2, 3]) Assert.Equal(Score(one, 1, item), Score(other, 1, item), 1e-12);
        Assert.True(Score(one, 1, 2) < 0);
    }

    [Fact]
    public void Listed_items_that_have_not_come_are_cold_in_ranks_and_in_lists_where_that_is_wanted()
    {
        using Content<double> seen = new(new ContentOptions(), Films), all = new(new ContentOptions { OfferUnseen = true }, Films);
        foreach (Content<double> model in (Content<double>[])[seen, all])
        {
            Learn(model, 1, 1);
            Learn(model, 2, 3);
            Assert.Equal(Ranks.Cold, model.Rank(new Example { User = 1, Item = 2 }, 20));
        }

        Assert.Equal([3ul], Top(seen, 1, 10));
        Assert.Equal([2ul, 4, 3, 5], Top(all, 1, 10));
        Assert.Equal([2ul, 4], Top(all, 1, 2));
        Assert.Equal([], Top(all, 9, 10));
        ScoredItem[] list = new ScoredItem[4];
        all.TopK(new Example { User = 1 }, list);
        Assert.All(list, i => Assert.Equal(Score(all, 1, i.Item), i.Score, 1e-12));
    }

    [Fact]
    public void Items_that_have_not_come_are_offered_in_their_time_only()
    {
        ItemCatalogue.Builder catalogue = new();
        catalogue.TryAdd(1, [new Feature(ListedItems.Key(0), 1)], ItemLife.Always, null);
        catalogue.TryAdd(2, [new Feature(ListedItems.Key(0), 1)], new ItemLife(10, 20), null);
        using Content<double> model = new(new ContentOptions { OfferUnseen = true }, catalogue.Build());
        Learn(model, 1, 1);
        Assert.Equal(["", "2", "2", ""], ((long[])[9, 10, 19, 20]).Select(time => string.Join(',', Top(model, 1, 5, time))));
    }

    [Fact]
    public void After_a_restart_with_more_items_old_profiles_mean_what_they_meant()
    {
        ItemCatalogue more = ListedItems.Of((9, [7]), (1, [0]), (2, [0, 1]), (3, [1]), (4, [0, 2]), (5, [2]));
        using Content<double> before = new(new ContentOptions { Idf = false }, Films), after = new(new ContentOptions { Idf = false }, more);
        foreach (ulong item in (ulong[])[1, 4, 5]) Learn(before, 1, item);
        StateBytes.Restore(after, StateBytes.Save(before));
        foreach (ulong item in (ulong[])[1, 2, 3, 4]) Assert.Equal(Score(before, 1, item), Score(after, 1, item), 1e-12);
        Assert.Equal(0, Score(after, 1, 9));
        Assert.True(Score(after, 1, 5) > 0, "It has a feature now.");
        Assert.Equal(1, after.Rank(new Example { User = 1, Item = 4 }, 20));
    }

    [Fact]
    public void The_loss_is_the_log_loss_of_half_of_one_more_than_the_cosine()
    {
        using Content<double> model = new(new ContentOptions(), Films);
        model.ScoreThenLearn(new Example { User = 1, Item = 1, Weight = 1 }, out double loss);
        Assert.Equal(Math.Log(2), loss, 1e-12);
        model.ScoreThenLearn(new Example { User = 1, Item = 1, Weight = 1 }, out loss);
        Assert.Equal(1e-6, loss, 1e-9);
    }

    private static void Learn(Content<double> model, ulong user, ulong item) => model.Learn(new Example { User = user, Item = item, Weight = 1 });

    private static double Score(Content<double> model, ulong user, ulong item) => model.Score(new Example { User = user, Item = item });

    private static ulong[] Top(Content<double> model, ulong user, int count, long time = 0)
    {
        ScoredItem[] list = new ScoredItem[count];
        return [.. list[..model.TopK(new Example { User = user, Time = time }, list)].Select(i => i.Item)];
    }
}
