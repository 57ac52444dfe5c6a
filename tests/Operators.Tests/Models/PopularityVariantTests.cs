using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Decayed and recent popularity against every event weighed anew.</summary>
public sealed class PopularityVariantTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(30, false)]
    [InlineData(1e6, false)]
    [InlineData(60, true)]
    [InlineData(1e9, true)]
    public void Decayed_popularity_ranks_by_events_weighed_anew(double halfLife, bool seconds)
    {
        using DecayedPopularity model = new(new DecayedPopularityOptions { HalfLife = halfLife, Unit = seconds ? DecayUnit.Seconds : DecayUnit.Events });
        PlainPopularity.Decayed(halfLife, seconds).Check(model, PlainRecommender.Random(1200, 30, 60), int.MaxValue, every: 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(5000)]
    public void Recent_popularity_ranks_by_the_events_in_the_window(int window)
    {
        foreach (int depth in (int[])[20, int.MaxValue])
        {
            using RecentPopularity model = new(new RecentPopularityOptions { Window = window });
            PlainPopularity.Recent(window).Check(model, PlainRecommender.Random(1200, 30, 60), depth, every: 1);
        }
    }

    [Fact]
    public void Ranks_on_a_real_log_are_exact()
    {
        using DecayedPopularity decayed = new(new DecayedPopularityOptions { HalfLife = 500 });
        using RecentPopularity recent = new(new RecentPopularityOptions { Window = 700 });
        PlainPopularity.Decayed(500, seconds: false).Check(decayed, RatingLog.MovieTweetings("10k")[..4000], 200, every: 11);
        PlainPopularity.Recent(700).Check(recent, RatingLog.MovieTweetings("10k")[..4000], 200, every: 11);
    }
}
