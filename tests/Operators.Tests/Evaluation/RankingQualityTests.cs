using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Evaluation;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Evaluation;

public sealed class RankingQualityTests
{
    [Fact]
    public void Measures_are_the_recomputed_ones_at_every_step()
    {
        const int Window = 50;
        const double Fading = .98;
        RankingQuality quality = new(int.MaxValue, Window, Fading);
        List<int> ranks = [];
        CounterRng rng = new(1, 1);
        for (int n = 0; n < 1000; n++)
        {
            int rank = rng.NextBelow(8) switch { 0 => Ranks.Cold, 1 => Ranks.None, _ => 1 + (int)rng.NextBelow(40) };
            quality.Add(rank);
            if (rank != Ranks.None) ranks.Add(rank);
            if (n % 97 == 0) quality = Copy(quality, new RankingQuality(int.MaxValue, Window, Fading));
            if (ranks.Count == 0) continue;
            double[] gains = [.. ranks.Select(Gain)], hits = [.. ranks.Select(Hit)];
            Assert.Equal(ranks.Count, quality.Events);
            Assert.Equal(ranks.Count(r => r == Ranks.Cold), quality.Misses);
            Assert.Equal((long)hits.Sum(), quality.Hits);
            Assert.Equal((long)ranks.Count(r => r is >= 1 and <= 20), quality.WideHits);
            Assert.Equal(hits.Average(), quality.Recall, 1e-12);
            Assert.Equal(gains.Average(), quality.Dcg, 1e-12);
            Assert.Equal(ranks.Average(r => r >= 1 ? 1.0 / r : 0), quality.Mrr, 1e-12);
            Assert.Equal(hits.TakeLast(Window).Average(), quality.WindowRecall, 1e-12);
            Assert.Equal(gains.TakeLast(Window).Average(), quality.WindowDcg, 1e-12);
            Assert.Equal(Faded(hits, Fading), quality.FadingRecall, 1e-12);
            Assert.Equal(Faded(gains, Fading), quality.FadingDcg, 1e-12);
        }
    }

    [Theory]
    [InlineData(9, false, false)]
    [InlineData(10, true, false)]
    [InlineData(20, true, true)]
    public void Measures_beyond_the_depth_do_not_exist(int depth, bool ten, bool twenty)
    {
        RankingQuality quality = new(depth, 10, 1);
        quality.Add(3);
        Assert.Equal(ten ? 1 : null, quality.Hits);
        Assert.Equal(twenty ? 1 : null, quality.WideHits);
        Assert.Equal(!ten, double.IsNaN(quality.Recall));
        Assert.Equal(!ten, double.IsNaN(quality.WindowRecall));
        Assert.Equal(!ten, double.IsNaN(quality.FadingDcg));
        Assert.True(double.IsNaN(quality.Mrr));
    }

    [Fact]
    public void An_unknown_rank_makes_what_contains_it_unknown_and_leaves_the_window_in_time()
    {
        RankingQuality quality = new(20, 5, .9);
        quality.Add(1);
        quality.Add(Ranks.Unknown);
        Assert.True(double.IsNaN(quality.Recall) && double.IsNaN(quality.WindowRecall) && double.IsNaN(quality.FadingRecall) && double.IsNaN(quality.WindowDcg));
        Assert.Null(quality.Hits);
        for (int n = 0; n < 5; n++) quality.Add(2);
        Assert.Equal((1L, 7L), (quality.Unknown, quality.Events));
        Assert.Equal(1, quality.WindowRecall);
        Assert.True(double.IsNaN(quality.Recall));
    }

    private static double Gain(int rank) => Hit(rank) * (1 / Math.Log2(Math.Max(rank, 1) + 1));

    private static double Hit(int rank) => rank is >= 1 and <= 10 ? 1 : 0;

    private static double Faded(double[] values, double fading)
    {
        double[] weights = [.. values.Select((_, i) => Math.Pow(fading, values.Length - 1 - i))];
        return values.Zip(weights, (v, w) => v * w).Sum() / weights.Sum();
    }

    private static RankingQuality Copy(RankingQuality quality, RankingQuality empty)
    {
        StateBytes.Read(StateBytes.Write(quality.Save), empty.Restore);
        return empty;
    }
}
