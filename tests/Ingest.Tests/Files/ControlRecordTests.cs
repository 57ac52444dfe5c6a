using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Files;

public sealed class ControlRecordTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(LogOrder.File)]
    [InlineData(LogOrder.Time)]
    public async Task What_waits_of_a_user_is_dropped_and_a_resume_anywhere_counts_the_same(LogOrder order)
    {
        SourceOptions options = new() { Paths = [_folder.Write("log", Log())], Format = "jsonl", Order = order };
        options.Join.WindowSeconds = 1000;
        Reading whole = await Reading.Of(options, batchSize: 3);
        Assert.Equal(40, whole.Last.Records);
        Assert.Equal(9, whole.Last.Filtered); // the decisions of u1 before its control record
        Assert.Equal(19, whole.Events.Count); // 10 of the other user, 9 ratings, none of which is forgotten
        for (int i = 0; i < whole.Positions.Count; i++)
        {
            Reading rest = await Reading.Of(options, batchSize: 3, from: whole.Positions[i], held: whole.Held[i]);
            Assert.Equal(whole.Events[whole.Sums[i].Events..], rest.Events);
            if (rest.Positions.Count > 0) Assert.Equal((whole.Last.Filtered, whole.Last.Records, whole.Last.Events), (rest.Last.Filtered, rest.Last.Records, rest.Last.Events));
        }
    }

    [Fact]
    public async Task A_raw_read_shows_control_records_as_they_are()
    {
        SourceOptions options = new() { Paths = [_folder.Write("log", Log())], Format = "jsonl" };
        using BatchPool pool = new(2, 100, 0, 0);
        await using IEventSource source = SourceFactory.Create(options, new EntityKeyCodec(1));
        int controls = 0;
        await foreach (BatchLease lease in source.ReadAsync(new SourcePosition(), new SourceContext(pool, 100, Raw: true), TestContext.Current.CancellationToken))
        {
            foreach (ref readonly Event e in lease.Batch.Events) controls += e.Kind == EventKind.Control ? 1 : 0;
            Assert.Equal(ControlKind.None, lease.Batch.Control.Kind);
            lease.Release();
        }

        Assert.Equal(2, controls);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>19 decisions without rewards of two users, one second apart, then a control record for one of them; ratings; and a control record for nobody who waits.</summary>
    private static string Log()
    {
        StringBuilder log = new();
        for (int i = 0; i < 19; i++) log.Append($"{{\"decision\":\"d{i}\",\"user\":\"u{i % 2}\",\"actions\":[\"a\",\"b\"],\"chosen\":0,\"propensity\":0.5,\"ts\":{i}}}\n");
        log.Append("{\"control\":\"forget\",\"user\":\"u1\",\"ts\":19}\n");
        for (int i = 20; i < 29; i++) log.Append($"{{\"user\":\"u1\",\"item\":\"i\",\"ts\":{i}}}\n");
        log.Append("{\"control\":\"forget\",\"user\":\"nobody\",\"ts\":29}\n");
        for (int i = 30; i < 40; i++) log.Append($"{{\"decision\":\"d{(i - 30) * 2}\",\"reward\":1,\"ts\":{i}}}\n");
        return log.ToString();
    }
}
