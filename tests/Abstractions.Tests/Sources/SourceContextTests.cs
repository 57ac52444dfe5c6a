using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Xunit;

namespace Streaming.Abstractions.Tests.Sources;

public class SourceContextTests
{
    [Fact]
    public void The_next_cut_is_the_nearest_multiple_of_whatever_is_asked_for()
    {
        using BatchPool pool = new(1, 1, 0, 0);
        SourceContext none = new(pool, 1);
        Assert.Equal(long.MaxValue, none.NextCut(0));
        SourceContext all = new(pool, 1, CutEvery: 100) { PublishEvery = 30, ReportEvery = [70, 80] };
        long[] cuts = [30, 60, 70, 80, 90, 100, 120, 140, 150, 160, 180, 200];
        long records = 0;
        foreach (long cut in cuts) Assert.Equal(cut, records = all.NextCut(records));
        Assert.Equal(60, (none with { PublishEvery = 30 }).NextCut(59));
    }
}
