using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Host.Graph;
using Xunit;

namespace Streaming.Host.Tests.Graph;

public class BatchStreamTests
{
    [Fact]
    public async Task States_are_published_where_all_events_of_so_many_records_have_come_and_none_of_the_next() =>
        Assert.Equal((long[])[0, 0, 4, 0, 8, 12], await PublishedAsync(0, [(3, 3), (4, 1), (6, 2), (8, 2), (12, 4)]));

    [Fact]
    public async Task Events_for_which_a_batch_had_no_room_come_before_the_state_is_published() =>
        Assert.Equal((long[])[0, 0, 0, 4, 0, 8], await PublishedAsync(0, [(4, 4), (4, 4), (4, 1), (5, 1), (8, 3)]));

    [Fact]
    public async Task A_silent_shard_publishes_with_its_next_empty_batch() => Assert.Equal((long[])[0, 4, 0, 0], await PublishedAsync(0, [(4, 4), (4, 0), (4, 0)]));

    [Fact]
    public async Task A_resume_at_a_multiple_publishes_at_once_and_one_elsewhere_at_the_next()
    {
        Assert.Equal((long[])[4, 0], await PublishedAsync(4, [(6, 2)]));
        Assert.Equal((long[])[0, 4, 0], await PublishedAsync(4, [(4, 2), (6, 2)]));
        Assert.Equal((long[])[0, 0, 8], await PublishedAsync(6, [(7, 1), (8, 1)]));
        Assert.Equal((long[])[0, 0], await PublishedAsync(0, [(3, 3)]));
    }

    [Fact]
    public async Task A_stream_that_is_stopped_publishes_nothing_with_its_last_batch() => Assert.Equal((long[])[0, 0], await PublishedAsync(0, [(4, 4), (8, 4)], stopAfter: 1));

    [Fact]
    public async Task Without_views_nothing_is_published() => Assert.Equal((long[])[0, 0, 0], await PublishedAsync(0, [(4, 4), (8, 4)], every: 0));

    /// <summary>What each batch of the stream says of publishing, the last one included.</summary>
    private static async Task<long[]> PublishedAsync(long from, (long Records, int Events)[] batches, int stopAfter = int.MaxValue, long every = 4)
    {
        using BatchPool pool = new(4, 8, 0, 0);
        SourcePosition start = new();
        (start.Single.Records, start.Single.Events) = (from, from);
        List<long> published = [];
        Script source = new(batches);
        BatchStream stream = new(source, new SourceContext(pool, 8) { PublishEvery = every }, start, new EntityKeyCodec(1)) { StopRequested = () => published.Count >= stopAfter };
        await foreach (BatchLease lease in stream.ReadAsync(CancellationToken.None))
        {
            published.Add(lease.Batch.PublishAt);
            lease.Release();
        }

        return [.. published];
    }

    private sealed class Script((long Records, int Events)[] batches) : IEventSource
    {
        public double Progress => double.NaN;

        public IStateful? State => null;

        public async IAsyncEnumerable<BatchLease> ReadAsync(SourcePosition from, SourceContext context, [EnumeratorCancellation] CancellationToken ct)
        {
            foreach ((long records, int events) in batches)
            {
                BatchLease lease = await context.Pool.RentAsync(ct);
                for (int i = 0; i < events; i++) lease.Batch.Add();
                lease.Batch.Position.Single.Records = records;
                yield return lease;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
