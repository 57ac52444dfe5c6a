using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Operators.Models;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class HybridTests
{
    private static readonly ItemCatalogue Items = ListedItems.Draw(60);

    public static TheoryData<HybridPart> Parts => [.. Enum.GetValues<HybridPart>()];

    [Theory]
    [MemberData(nameof(Parts))]
    public void The_score_is_that_of_both_parts_standardized_and_weighed_by_what_is_known(HybridPart part)
    {
        HybridOptions options = new() { Collaborative = part, ContentWeight = .7, UserShrinkage = 3, ItemShrinkage = 2 };
        using Hybrid hybrid = new(options, Items, 5);
        using Content<float> content = new(new ContentOptions { HalfLife = options.HalfLife }, Items);
        IRecommender other = part switch
        {
            HybridPart.UserKnn => new UserKnn(new UserKnnOptions()),
            HybridPart.Isgd => new Isgd<float>(new IsgdOptions(), 5),
            HybridPart.Warp => new Warp<float>(new WarpOptions(), 5),
            _ => new ItemKnn(new ItemKnnOptions()),
        };
        Dictionary<ulong, int> users = [], items = [];
        int checks = 0;
        foreach (Event e in PlainRecommender.Random(400, 20, 60))
        {
            if (users.TryGetValue(e.User, out int met) && items.TryGetValue(e.Item, out int times))
            {
                ulong[] known = [.. items.Keys];
                double c = Standard(content, e.User, e.Item, known), k = Standard(other, e.User, e.Item, known);
                double weight = .7 * (1 - (met / (met + 3.0) * (times / (times + 2.0))));
                Assert.Equal((weight * c) + k, hybrid.Score(Of(e)), 1e-4);
                checks++;
            }
            else
            {
                Assert.Equal(0, hybrid.Score(Of(e)));
            }

            foreach (IRatingModel model in (IRatingModel[])[hybrid, content, other]) model.Learn(Of(e));
            users[e.User] = users.GetValueOrDefault(e.User) + 1;
            items[e.Item] = items.GetValueOrDefault(e.Item) + 1;
        }

        Assert.True(checks > 200);
        ((IDisposable)other).Dispose();
    }

    [Fact]
    public void A_snapshot_of_another_part_or_weight_is_refused()
    {
        using Hybrid saved = new(new HybridOptions(), Items, 5);
        saved.Learn(new Example { User = 1, Item = 2, Weight = 1 });
        byte[] state = StateBytes.Save(saved);
        foreach (HybridOptions options in (HybridOptions[])[new() { Collaborative = HybridPart.Isgd }, new() { ContentWeight = 2 }, new() { UserShrinkage = 1 }, new() { ItemShrinkage = 1 }])
        {
            using Hybrid other = new(options, Items, 5);
            Assert.Throws<Abstractions.State.StateMismatchException>(() => StateBytes.Restore(other, state));
        }
    }

    private static Example Of(in Event e) => new() { User = e.User, Item = e.Item, Value = e.Value, Time = e.Time, Weight = 1 };

    private static double Standard(IRecommender model, ulong user, ulong item, ulong[] known)
    {
        double[] scores = [.. known.Select(i => model.Score(new Example { User = user, Item = i }))];
        double mean = scores.Average(), deviation = Math.Sqrt(scores.Average(s => (s - mean) * (s - mean)));
        return deviation > 1e-12 ? (model.Score(new Example { User = user, Item = item }) - mean) / deviation : 0;
    }
}
