using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class AucColumnsTests
{
    public static IEnumerable<TheoryDataRow<string>> Rankers => ModelStages.All.Where(t => t.Columns.Any(c => c.Name == "rank@")).Select(t => new TheoryDataRow<string>(t.Name));

    [Theory]
    [MemberData(nameof(Rankers))]
    public void The_share_of_all_candidates_follows_from_the_rank_and_that_of_drawn_ones_is_near_it(string type)
    {
        StageType line = ModelStages.All.Single(t => t.Name == type);
        using StageRun run = new(new ValueRange(1, 5), [("m", line, line.NewOptions())], "m.rank@full", "m.auc@full", "m.auc@500", "m.auc@3");
        using StageRun other = new(new ValueRange(1, 5), [("m", line, line.NewOptions())], "m.auc@3");
        Event[] log = Log();
        run.Run(log, 100);
        other.Run(log, 7);
        ProtocolP protocol = new();
        double exact = 0, drawn = 0, ties = 0;
        int counted = 0;
        for (int i = 0; i < log.Length; i++)
        {
            int rank = (int)run.Column("m.rank@full")[i];
            double area = run.Column("m.auc@full")[i], share = run.Column("m.auc@500")[i];
            if (log[i].Kind != EventKind.Interaction)
            {
                Assert.True(double.IsNaN(area) && double.IsNaN(share));
                continue;
            }

            if (rank == Ranks.Cold)
            {
                Assert.Equal((0, 0), (area, share));
            }
            else
            {
                int others = protocol.Candidates(log[i].User).Union([log[i].Item]).Count() - 1;
                Assert.Equal(others == 0 ? 1 : 1 - ((rank - 1.0) / others), area, 1e-12);
                Assert.InRange(share, 0, 1);
                (exact, drawn, counted) = (exact + area, drawn + share, counted + 1);
                if (Math.Abs(area - share) > 0.15) ties++;
            }

            protocol.Learn(log[i].User, log[i].Item);
        }

        Assert.True(counted > 200);
        Assert.InRange(drawn / counted, (exact / counted) - 0.1, (exact / counted) + 0.1);
        Assert.True(ties < counted / 3, $"{ties} of {counted} are far apart.");
        Assert.Equal(run.Column("m.auc@3"), other.Column("m.auc@3"));
    }

    [Fact]
    public void Every_other_candidate_is_drawn_as_often_and_nothing_else()
    {
        using Popularity model = new(new PopularityOptions());
        for (ulong item = 1; item <= 40; item++) model.Learn(new Example { User = item <= 34 ? 1UL : 2, Item = item, Weight = 1 });
        Example example = new() { User = 1, Item = 36, Weight = 1 };
        CandidateItems candidates = ((ICandidates)model).Candidates(example);
        Assert.Equal(6, candidates.Count);
        Dictionary<ulong, int> drawn = [];
        CounterRng rng = new(3, 4);
        for (int n = 0; n < 10_000; n++)
        {
            ulong item = candidates.Draw(ref rng);
            drawn[item] = drawn.GetValueOrDefault(item) + 1;
        }

        Assert.Equal((ulong[])[35, 37, 38, 39, 40], drawn.Keys.Order());
        Assert.All(drawn.Values, n => Assert.InRange(n, 1800, 2200)); // 5 standard deviations
    }

    private static Event[] Log()
    {
        CounterRng rng = new(19, 2);
        Event[] log = [.. Enumerable.Range(0, 500).Select(_ => RatingLog.Of(1 + rng.NextBelow(20), 1 + Math.Min(rng.NextBelow(60), rng.NextBelow(60)), 1 + rng.NextBelow(5)))];
        for (int i = 0; i < log.Length; i++) log[i].Offset = i;
        for (int i = 0; i < log.Length; i += 9) log[i].Kind = EventKind.Outcome;
        return log;
    }
}
