using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Evaluation;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Evaluation;

public sealed class RankingQualityTests
{
    private static readonly RankMeasures All = new(int.MaxValue, [1, 10, 20, 50], 7);

    [Fact]
    public void Measures_are_the_recomputed_ones_at_every_step()
    {
        const int Window = 50;
        const double Fading = .98;
        RankingQuality quality = new(All, Window, Fading);
        List<int> ranks = [];
        List<(double Area, double Drawn)> areas = [];
        CounterRng rng = new(1, 1);
        double[] worth = new double[All.Count];
        for (int n = 0; n < 1000; n++)
        {
            int rank = rng.NextBelow(8) == 0 ? Ranks.Cold : 1 + (int)rng.NextBelow(70);
            (double Area, double Drawn) area = rank < 0 ? (0, 0) : (rng.NextDouble(), rng.NextDouble());
            All.Worth(rank, area.Area, area.Drawn, worth);
            quality.Add(rank, worth);
            ranks.Add(rank);
            areas.Add(area);
            if (n % 97 == 0) quality = Copy(quality, new RankingQuality(All, Window, Fading));
            Assert.Equal((ranks.Count, ranks.Count(r => r == Ranks.Cold)), (quality.All.Events, quality.All.Misses));
            foreach (int k in new[] { 1, 10, 20, 50 })
            {
                double[] gains = [.. ranks.Select(r => Gain(r, k))], hits = [.. ranks.Select(r => Hit(r, k))];
                Assert.Equal((long)hits.Sum(), quality.All.Hits(k));
                Check(quality, All.RecallAt(k), hits);
                Check(quality, All.GainAt(k), gains);
            }

            Check(quality, All.Reciprocal, [.. ranks.Select(r => r >= 1 ? 1.0 / r : 0)]);
            Check(quality, All.Area, [.. areas.Select(a => 1 - a.Area)]);
            Check(quality, All.Drawn, [.. areas.Select(a => a.Drawn)]);
        }

        static void Check(RankingQuality quality, int measure, double[] values)
        {
            Assert.Equal(values.Average(), quality.All.Mean(measure), 1e-12);
            Assert.Equal(values.TakeLast(Window).Average(), quality.WindowMean(measure), 1e-12);
            Assert.Equal(Faded(values, Fading), quality.FadingMean(measure), 1e-12);
        }
    }

    [Theory]
    [InlineData(9, false, false)]
    [InlineData(10, true, false)]
    [InlineData(20, true, true)]
    public void Measures_beyond_the_depth_do_not_exist(int depth, bool ten, bool twenty)
    {
        RankMeasures measures = new(depth, [10, 20], 0);
        RankingQuality quality = new(measures, 10, 1);
        Add(quality, measures, 3);
        Assert.Equal(ten ? 1 : null, quality.All.Hits(10));
        Assert.Equal(twenty ? 1 : null, quality.All.Hits(20));
        Assert.Equal(!ten, double.IsNaN(quality.All.Mean(measures.RecallAt(10))));
        Assert.Equal(!ten, double.IsNaN(quality.WindowMean(measures.RecallAt(10))));
        Assert.Equal(!twenty, double.IsNaN(quality.WindowMean(measures.GainAt(20))));
        Assert.Equal(!ten, double.IsNaN(quality.FadingMean(measures.GainAt(10))));
        Assert.True(double.IsNaN(quality.All.Mean(measures.Reciprocal)) && double.IsNaN(quality.WindowMean(measures.Area)));
        Assert.Null(quality.All.Hits(50));
    }

    [Fact]
    public void An_unknown_rank_makes_what_contains_it_unknown_and_leaves_the_window_in_time()
    {
        RankMeasures measures = new(int.MaxValue, [10, 20], 0);
        RankingQuality quality = new(measures, 5, .9);
        Add(quality, measures, 1);
        Add(quality, measures, Ranks.Unknown);
        for (int m = 0; m < measures.Count; m++) Assert.True(double.IsNaN(quality.All.Mean(m)) && double.IsNaN(quality.WindowMean(m)) && double.IsNaN(quality.FadingMean(m)));
        Assert.Null(quality.All.Hits(10));
        for (int n = 0; n < 5; n++) Add(quality, measures, 2);
        Assert.Equal((1L, 7L), (quality.All.Unknown, quality.All.Events));
        Assert.Equal(1, quality.WindowMean(measures.RecallAt(10)));
        Assert.Equal(0.5, quality.WindowMean(measures.Reciprocal));
        Assert.True(double.IsNaN(quality.All.Mean(measures.RecallAt(10))));
    }

    [Fact]
    public void What_the_first_layout_had_goes_on_and_what_it_had_not_is_unknown()
    {
        RankMeasures measures = new(int.MaxValue, [10, 20], 0);
        RankingQuality quality = new(measures, 5, 1);
        StateBytes.Read(
            StateBytes.Write((ref writer) =>
            {
                writer.Shape("depth", (long)int.MaxValue);
                writer.Shape("fading", 1.0);
                writer.WriteRaw<long>([4, 1, 0, 2, 3]);
                writer.WriteRaw<double>([1.5, 1.6, 2, 1.5, 4]);
                writer.Shape("window", 5);
                writer.Write(4);
                writer.WriteSpan<byte>([0, 1, 3, 0]);
            }),
            quality.RestoreFirst);
        (int ten, int twenty, int gain) = (measures.RecallAt(10), measures.RecallAt(20), measures.GainAt(20));
        Assert.Equal((2L, 3L, 4L, 1L), (quality.All.Hits(10), quality.All.Hits(20), quality.All.Events, quality.All.Misses));
        Assert.Equal((0.5, 0.75, 0.5, 0.5), (quality.All.Mean(ten), quality.All.Mean(twenty), quality.WindowMean(ten), quality.FadingMean(ten)));
        Assert.True(double.IsNaN(quality.All.Mean(gain)) && double.IsNaN(quality.WindowMean(twenty)) && double.IsNaN(quality.FadingMean(twenty)));
        Assert.Equal(0.4, quality.All.Mean(measures.Reciprocal), 1e-12);
        quality = Copy(quality, new RankingQuality(measures, 5, 1));
        for (int n = 0; n < 5; n++) Add(quality, measures, 15);
        Assert.Equal((0, 1), (quality.WindowMean(ten), quality.WindowMean(twenty)));
        Assert.Equal(1 / 15.0, quality.WindowMean(measures.Reciprocal), 1e-12);
        Assert.Equal((2L, 8L), (quality.All.Hits(10), quality.All.Hits(20)));
        Assert.True(double.IsNaN(quality.All.Mean(gain)));
    }

    private static void Add(RankingQuality quality, RankMeasures measures, int rank)
    {
        double[] worth = new double[measures.Count];
        measures.Worth(rank, 0.5, double.NaN, worth);
        quality.Add(rank, worth);
    }

    private static double Gain(int rank, int k) => Hit(rank, k) * (1 / Math.Log2(Math.Max(rank, 1) + 1));

    private static double Hit(int rank, int k) => rank >= 1 && rank <= k ? 1 : 0;

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
