using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Xunit;

namespace Streaming.Abstractions.Tests.Sources;

public sealed class EventWriterTests
{
    [Fact]
    public void Undo_takes_back_what_this_record_added_and_nothing_else()
    {
        using BatchPool pool = new(1, 8, 0, 0);
        EventBatch batch = pool.Rent(TestContext.Current.CancellationToken).Batch;
        EntityKeyCodec keys = new(1);
        EventWriter first = new(batch, keys, 5);
        first.Add().User = 1;
        first.AddFeature(new Feature(1, 1));

        EventWriter second = new(batch, keys, 6);
        int mark = second.FeatureMark;
        second.AddFeature(new Feature(2, 2));
        second.AddFeature(new Feature(3, 3));
        ref Event e = ref second.Add();
        Assert.Equal(6, e.Time);
        e.Features = second.FeaturesSince(mark);
        Assert.Equal(new ArenaSpan(1, 2), e.Features);
        Assert.Equal(1, second.Added);
        second.Undo();
        Assert.Equal((1, 1, 0), (batch.Count, batch.Features.Length, second.Added));
        Assert.Equal(5, batch.Events[0].Time);
    }
}
