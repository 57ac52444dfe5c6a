using Streaming.Abstractions.Randomness;
using Streaming.Ingest.Files;

namespace Streaming.Ingest.Tests.Files;

public class BadRecordWindowTests
{
    [Fact]
    public void The_window_counts_what_a_list_of_the_last_ones_counts()
    {
        BadRecordWindow window = new(0.3);
        CounterRng rng = new(4, 4);
        Queue<bool> last = new();
        bool tooMany = false;
        for (int i = 0; i < 35_000; i++)
        {
            bool bad = rng.NextDouble() < (i < 15_000 ? 0.29 : 0.31);
            last.Enqueue(bad);
            if (last.Count > BadRecordWindow.Length) last.Dequeue();
            window.Add(bad);
            tooMany |= window.Bad > 3000;
            Assert.Equal(tooMany, window.TooMany);
            if (i % 97 == 0) Assert.Equal(last.Count(b => b), window.Bad);
        }

        Assert.True(tooMany);
    }

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.0003, 4)]
    [InlineData(0.01, 101)]
    [InlineData(0.5, 5001)]
    public void Too_many_are_told_as_soon_as_they_are_there(double ratio, int bad)
    {
        BadRecordWindow window = new(ratio);
        for (int i = 1; i < bad; i++) window.Add(true);
        Assert.False(window.TooMany);
        window.Add(true);
        Assert.True(window.TooMany);
    }

    [Fact]
    public void Good_records_that_follow_do_not_make_it_good()
    {
        BadRecordWindow window = new(0.01);
        for (int i = 0; i < 101; i++) window.Add(true);
        for (int i = 0; i < BadRecordWindow.Length; i++) window.Add(false);
        Assert.Equal((0, true), (window.Bad, window.TooMany));
    }

    [Fact]
    public void Any_share_is_taken_where_all_may_be_bad()
    {
        BadRecordWindow window = new(1);
        for (int i = 0; i < 25_000; i++) window.Add(true);
        Assert.False(window.TooMany);
    }
}
