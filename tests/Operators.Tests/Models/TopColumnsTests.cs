using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class TopColumnsTests
{
    private static readonly Event[] Log = Draw();

    [Theory]
    [InlineData("popularity")]
    [InlineData("isgd")]
    [InlineData("baseline")]
    [InlineData("funk-mf")]
    [InlineData("biased-mf")]
    public void Lists_are_what_the_model_would_show_before_it_learns(string name)
    {
        StageType type = ModelStages.All.Single(t => t.Name == name);
        using StageRun run = new(ValueRange.Unbounded, [("m", type, type.NewOptions())], "m.top@10", "m.top@3/4", "m.top@20/3", "m.rank@20"), other = new(ValueRange.Unbounded, [("m", type, type.NewOptions())], "m.rank@1");
        run.Run(Log, 100);
        IRecommender model = (IRecommender)((IModelOperator)other["m"]).Model;
        ScoredItem[] best = new ScoredItem[20];
        int lists = 0;
        HashSet<(ulong, ulong)> met = [];
        for (int i = 0; i < Log.Length; i++)
        {
            Event e = Log[i];
            bool learned = e.Kind == EventKind.Interaction && e.User != EntityKeyCodec.None && (name is "popularity" or "isgd" || !double.IsNaN(e.Value));
            ulong[] expected = learned ? [.. best.Take(model.TopK(new Example { User = e.User }, best)).Select(s => s.Item)] : [];
            Assert.Equal(expected.Take(10), run.Lists("m.top@10")[i]);
            Assert.Equal(new TopDemand(3, 4).Includes(e.User) ? expected.Take(3) : [], run.Lists("m.top@3/4")[i]);
            Assert.Equal(new TopDemand(20, 3).Includes(e.User) ? expected : [], run.Lists("m.top@20/3")[i]);
            int rank = (int)run.Column("m.rank@20")[i];
            if (rank > 0 && !met.Contains((e.User, e.Item))) Assert.Equal(e.Item, expected[rank - 1]); // a rank is also given to what the user has met
            if (learned) met.Add((e.User, e.Item));
            if (expected.Length > 0) lists++;
            other.Run(Log.AsSpan(i, 1));
        }

        Assert.True(lists > 1000);
    }

    [Fact]
    public void Lists_alone_make_a_model_keep_histories()
    {
        StageType type = ModelStages.All.Single(t => t.Name == "isgd");
        using StageRun run = new(ValueRange.Unbounded, [("m", type, type.NewOptions())], "m.top@5/2");
        Assert.Equal(0, run.Run(Log).Report("m")["truncations"].Integer);
        Assert.Contains(run.Lists("m.top@5/2"), l => l.Length == 5);
    }

    private static Event[] Draw()
    {
        CounterRng rng = new(31, 6);
        Event[] log = [.. Enumerable.Range(0, 1500).Select(_ => RatingLog.Of(1 + rng.NextBelow(40), 1 + Math.Min(rng.NextBelow(90), rng.NextBelow(90)), 1 + rng.NextBelow(5)))];
        for (int i = 0; i < log.Length; i += 9) log[i].Kind = EventKind.Outcome;
        for (int i = 0; i < log.Length; i += 11) log[i].Value = double.NaN;
        for (int i = 0; i < log.Length; i += 13) log[i].User = EntityKeyCodec.None;
        return log;
    }
}
