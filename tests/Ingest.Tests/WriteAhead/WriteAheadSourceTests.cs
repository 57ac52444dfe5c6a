using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Tests.Support;
using Streaming.Ingest.WriteAhead;
using Streaming.Shared.Time;

namespace Streaming.Ingest.Tests.WriteAhead;

public sealed class WriteAheadSourceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task A_replay_of_the_segments_gives_the_same_events_and_a_resume_from_any_batch_goes_on(int batchSize)
    {
        SourceOptions options = Options(segment: 4096);
        await FillAsync(options, 400);
        string[] segments = Directory.GetFiles(options.WriteAhead.Directory!, "*.jsonl");
        Assert.InRange(segments.Length, 5, 50);
        Reading replayed = await Reading.Of(new SourceOptions { Paths = [Path.Combine(options.WriteAhead.Directory!, "*.jsonl")], Format = "jsonl", Order = LogOrder.File, MaxBadRatio = 1, Join = options.Join });
        Reading live = await Reading.Of(options, batchSize, cutEvery: 50, limit: 400);
        Assert.True(live.Last.Join is { Rewards: > 20, Decisions: > 20 } && live.Rejections.Count > 20);
        Assert.Equal(Plain(replayed.Events), Plain(live.Events));
        Assert.Equal(replayed.Rejections, live.Rejections);
        Assert.Equal(Counts(replayed.Last), Counts(live.Last));
        Assert.Equal([50, 100, 150, 200, 250, 300, 350, 400], live.Positions.Select(p => p.Single.Records).Where(r => r % 50 == 0).Distinct());
        for (int i = 0; i < live.Positions.Count; i += batchSize == 1 ? 17 : 1)
        {
            Reading rest = await Reading.Of(options, batchSize, cutEvery: 50, limit: 400, from: live.Positions[i], held: live.Held[i]);
            Assert.Equal(live.Events.Skip(live.Sums[i].Events), rest.Events);
            Assert.Equal(live.Rejections.Skip(live.Sums[i].Rejections), rest.Rejections);
            Assert.Equal(Counts(live.Last), Counts(rest.Last));
        }
    }

    [Fact]
    public async Task Events_have_the_number_and_the_time_that_the_log_gave_them()
    {
        await using Live live = new(Options(), _clock);
        live.Source.Log.Open();
        long now = (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        await live.AppendAsync("{\"user\":\"a\",\"item\":\"x\",\"ts\":5}\n{\"user\":\"a\"}\n{\"user\":\"b\",\"item\":\"x\",\"ts\":6}");
        Event[] events = await live.NextAsync();
        Assert.Equal([(0L, 5_000_000L, now), (2L, 6_000_000L, now)], events.Select(e => (e.Offset, e.Time, e.ArrivalTime)));
        Assert.Equal([3L], live.Position.Cursors.ToArray());
        Assert.Equal((3L, 1L), (live.Position.Records, live.Position.RejectedTotal));
        await live.StopAsync();
    }

    [Fact]
    public async Task Only_what_is_on_the_disk_is_given_out()
    {
        using GatedDisk disk = new();
        await using Live live = new(Options(), _clock, disk);
        live.Source.Log.Open();
        Task append = live.AppendAsync("{\"user\":\"a\",\"item\":\"x\"}");
        await disk.Arrived.WaitAsync();
        Task<Event[]> batch = live.NextAsync();
        await live.HeartbeatAsync();
        Assert.Empty(await batch);
        Task<Event[]> next = live.NextAsync();
        disk.Pass.Release(100);
        await append;
        Assert.Single(await live.DelayedAsync(next));
        Assert.Equal(0, live.Source.Log.BacklogBytes);
        await live.StopAsync();
    }

    [Fact]
    public async Task Silence_gives_an_empty_batch_each_heartbeat_and_a_stop_ends_it_at_once()
    {
        await using Live live = new(Options(), _clock);
        for (int i = 0; i < 3; i++)
        {
            Task<Event[]> batch = live.NextAsync();
            await live.HeartbeatAsync();
            Assert.Empty(await batch);
        }

        await live.StopAsync();
    }

    [Fact]
    public async Task A_stop_leaves_what_waits_in_the_join_and_the_rest_of_the_log_for_the_next_start()
    {
        SourceOptions options = Options();
        await FillAsync(options, 300);
        Reading whole = await Reading.Of(options, batchSize: 20, limit: 300);
        List<long> seen = [];
        SourcePosition position = new();
        byte[] held;
        await using (Live live = new(options, _clock))
        {
            for (int i = 0; i < 4; i++) seen.AddRange((await live.NextAsync()).Select(e => e.Offset));
            position.Single.CopyFrom(live.Position);
            held = Streaming.Shared.State.StateBytes.Save(live.Source.State);
            await live.StopAsync();
        }

        Assert.InRange(seen.Count, 20, 80);
        Reading rest = await Reading.Of(options, batchSize: 20, limit: 300, from: position, held: held);
        Assert.Equal(whole.Events.Skip(seen.Count), rest.Events);
    }

    [Fact]
    public async Task A_disk_that_fails_ends_the_stream()
    {
        using GatedDisk disk = new() { FailSyncs = true };
        disk.Pass.Release(100);
        await using Live live = new(Options(), _clock, disk);
        live.Source.Log.Open();
        Task<Event[]> batch = live.NextAsync();
        await Assert.ThrowsAsync<SourceException>(() => live.AppendAsync("{}"));
        await Assert.ThrowsAsync<SourceException>(() => batch.WaitAsync(Patience));
    }

    [Fact]
    public async Task Records_that_are_missing_are_an_error()
    {
        SourceOptions options = Options(segment: 4096);
        await FillAsync(options, 200);
        Reading whole = await Reading.Of(options, limit: 200, batchSize: 10);
        string[] segments = Directory.GetFiles(options.WriteAhead.Directory!, "*.jsonl");
        Array.Sort(segments, StringComparer.Ordinal);
        string content = File.ReadAllText(segments[1]);
        File.Delete(segments[1]);
        Assert.Contains("the next file begins with record", (await Reading.Of(options, limit: 200, expectFailure: true)).Failure!.Message, StringComparison.Ordinal);
        File.WriteAllText(segments[1], content.Replace("\"offset\":", "\"0ffset\":", StringComparison.Ordinal));
        Assert.Contains("line 1 is not record", (await Reading.Of(options, limit: 200, expectFailure: true)).Failure!.Message, StringComparison.Ordinal);
        File.Delete(segments[0]);
        Assert.Contains("the write-ahead log has the records from", (await Reading.Of(options, limit: 200, from: whole.Positions[0], held: whole.Held[0], expectFailure: true)).Failure!.Message, StringComparison.Ordinal);
        foreach (string segment in segments) File.Delete(segment);
        Assert.Contains("to before 0", (await Reading.Of(options, limit: 200, from: whole.Positions[0], held: whole.Held[0], expectFailure: true)).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_options_than_the_snapshots_are_refused()
    {
        SourceOptions options = Options();
        await FillAsync(options, 50);
        Reading whole = await Reading.Of(options, limit: 50);
        options.MinimumValue = 2;
        Assert.Contains("Source:MinimumValue", (await Reading.Of(options, limit: 50, from: whole.Positions[0], expectFailure: true)).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_another_log_it_goes_on_at_the_place_that_was_named_or_at_the_beginning()
    {
        SourceOptions options = Options(segment: 4096);
        await FillAsync(options, 200);
        Reading whole = await Reading.Of(options, limit: 200, batchSize: 10);
        int half = whole.Positions.FindIndex(p => p.Single.Records > 100);
        SourcePosition named = new(), unnamed = new();
        named.CopyFrom(whole.Positions[half]);
        (named.Single.Bytes, named.Single.Lines, named.Single.Fingerprint) = (0, 0, 0);
        Reading rest = await Reading.Of(options, limit: 200, from: named, held: whole.Held[half]);
        Assert.Equal(whole.Events.Skip(whole.Sums[half].Events), rest.Events);
        (unnamed.Single.Records, unnamed.Single.Events) = (1000, 900);
        Reading more = await Reading.Of(options, limit: 1200, from: unnamed);
        Assert.Equal(whole.Events, more.Events);
        Assert.Equal(900 + whole.Events.Count, more.Last.Events);
    }

    [Fact]
    public async Task Too_many_bad_records_among_the_last_ten_thousand_end_the_stream()
    {
        SourceOptions options = Options();
        options.MaxBadRatio = 0.01;
        await using (WriteAheadLog log = new(options.WriteAhead, options.MaxLineBytes, _clock))
        {
            log.Open();
            StringBuilder lines = new();
            for (int i = 0; i < 30_000; i++) lines.Append(i % 100 == 7 || i == 25_000 ? "{}\n" : "{\"user\":\"a\",\"item\":\"x\"}\n");
            await log.AppendAsync(Encoding.UTF8.GetBytes(lines.ToString()));
        }

        Reading good = await Reading.Of(options, batchSize: 1, limit: 25_000);
        Assert.Equal(250, good.Rejections.Count);
        Reading bad = await Reading.Of(options, batchSize: 1, limit: 30_000, expectFailure: true);
        Assert.IsType<BadRecordsException>(bad.Failure);
        Assert.Equal(251, bad.Rejections.Count);
        Assert.Contains("101 of the last 10000 records are bad", bad.Failure.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Plain(IEnumerable<string> events) => events.Select(e => e.Replace(" odd", "", StringComparison.Ordinal));

    private static string Counts(PartitionPosition p) => $"{p.Records} {p.Events} {p.Filtered} {p.Join} {p.Time} {string.Join(' ', p.Rejected.ToArray())}";

    private SourceOptions Options(long segment = 1 << 20) => new()
    {
        Type = SourceKind.Http,
        MaxBadRatio = 1,
        WriteAhead = new WriteAheadOptions { Directory = Path.Combine(_folder.Root, "wal"), SegmentBytes = segment },
        Join = { WindowSeconds = 20 },
    };

    /// <summary>Interactions, decisions whose rewards come late, rewards, and bad records.</summary>
    private async Task FillAsync(SourceOptions options, int records)
    {
        CounterRng rng = new(7, 1);
        await using WriteAheadLog log = new(options.WriteAhead, options.MaxLineBytes, _clock);
        log.Open();
        for (int i = 0; i < records; i++)
        {
            await log.AppendAsync(Encoding.UTF8.GetBytes(rng.NextBelow(6) switch
            {
                0 => $$"""{"ts":{{1000 + i}},"decision":"d{{i}}","actions":["x","y"],"chosen":0,"propensity":0.5}""",
                1 or 2 => $$"""{"ts":{{1000 + i}},"decision":"d{{i - 1 - (int)rng.NextBelow(6)}}","reward":1}""",
                3 => "{\"user\":\"a\",\"item\":" + (i % 2 == 0 ? "}" : "[]}"),
                _ => $$"""{"ts":{{1000 + i}},"user":"u{{rng.NextBelow(5)}}","item":"{{i}}","value":{{rng.NextBelow(5)}},"context":{"hour":7} }""",
            }));
        }
    }

    /// <summary>A source at work.</summary>
    private sealed class Live : IAsyncDisposable
    {
        private readonly ManualClock _clock;
        private readonly BatchPool _pool = new(2, 16, 0, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly IAsyncEnumerator<BatchLease> _batches;

        public Live(SourceOptions options, ManualClock clock, GatedDisk? disk = null)
        {
            _clock = clock;
            WriteAheadLog log = disk is null ? new(options.WriteAhead, options.MaxLineBytes, clock) : new(options.WriteAhead, options.MaxLineBytes, clock, disk.Create);
            Source = new WriteAheadSource(options, new EntityKeyCodec(42), log);
            _batches = Source.ReadAsync(new SourcePosition(), new SourceContext(_pool, 16) { Stop = _stop.Token, Time = clock }, default).GetAsyncEnumerator();
        }

        public WriteAheadSource Source { get; }

        public PartitionPosition Position { get; } = new();

        public async Task AppendAsync(string lines) => Assert.Equal(AppendStatus.Accepted, (await Source.Log.AppendAsync(Encoding.UTF8.GetBytes(lines))).Status);

        /// <summary>The next batch, moving the clock on for as long as it waits for more.</summary>
        public Task<Event[]> NextAsync()
        {
            Task<Event[]> next = Task.Run(TakeAsync);
            return Source.Log.DurableRecords > Position.Records ? DelayedAsync(next) : next;
        }

        public async Task<Event[]> DelayedAsync(Task<Event[]> next)
        {
            while (!next.IsCompleted)
            {
                if (_clock.IsWaitedFor) _clock.Advance(TimeSpan.FromMilliseconds(5));
                await Task.Yield();
            }

            return await next;
        }

        public async Task HeartbeatAsync()
        {
            while (!_clock.IsWaitedFor) await Task.Yield();
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        public async Task StopAsync()
        {
            Task<bool> end = Task.Run(async () => await _batches.MoveNextAsync());
            await _stop.CancelAsync();
            Assert.False(await end.WaitAsync(Patience));
            Assert.Equal(0, _pool.Rented);
        }

        public async ValueTask DisposeAsync()
        {
            await _batches.DisposeAsync();
            await Source.DisposeAsync();
            _pool.Dispose();
            _stop.Dispose();
        }

        private async Task<Event[]> TakeAsync()
        {
            Assert.True(await _batches.MoveNextAsync());
            BatchLease lease = _batches.Current;
            Event[] events = lease.Batch.Events.ToArray();
            Position.CopyFrom(lease.Batch.Position.Single);
            lease.Release();
            return events;
        }
    }
}
