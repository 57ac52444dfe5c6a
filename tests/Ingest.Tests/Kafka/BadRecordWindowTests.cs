using Streaming.Abstractions.Randomness;
using Streaming.Ingest.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class BadRecordWindowTests
{
    [Fact]
    public void The_window_counts_what_a_list_of_the_last_ones_counts()
    {
        BadRecordWindow window = new(0.3);
        CounterRng rng = new(4, 4);
        Queue<bool> last = new();
        for (int i = 0; i < 35_000; i++)
        {
            bool bad = rng.NextDouble() < (i < 15_000 ? 0.29 : 0.31);
            last.Enqueue(bad);
            if (last.Count > BadRecordWindow.Length) last.Dequeue();
            bool good = window.Add(bad);
            if (i % 97 != 0) continue;
            Assert.Equal(last.Count(b => b), window.Bad);
            Assert.Equal(window.Bad <= 3000, good);
        }

        Assert.True(window.Bad > 3000);
    }

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.0003, 4)]
    [InlineData(0.01, 101)]
    [InlineData(0.5, 5001)]
    public void Too_many_are_told_as_soon_as_they_are_there(double ratio, int bad)
    {
        BadRecordWindow window = new(ratio);
        for (int i = 1; i < bad; i++) Assert.True(window.Add(true));
        Assert.False(window.Add(true));
    }

    [Fact]
    public void Any_share_is_taken_where_all_may_be_bad()
    {
        BadRecordWindow window = new(1);
        for (int i = 0; i < 25_000; i++) Assert.True(window.Add(true));
    }
}
