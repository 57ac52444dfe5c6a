using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Shared.Files;
using Streaming.Shared.State;
using Streaming.Sinks.Jsonl;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Jsonl;

public sealed class EventsSinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EntityKeyCodec _names = new(42);

    public void Dispose() => _folder.Dispose();

    private static readonly ColumnView[] Columns =
    [
        ColumnView.Of("mf", "score", ColumnType.Real, 0),
        ColumnView.Of("mf", "loss", ColumnType.Real, 1),
        ColumnView.Of("isgd", "rank@20", ColumnType.Integer, 0),
        ColumnView.Of("drift", "signal", ColumnType.Integer, 1),
        ColumnView.Of("policy", "chosen", ColumnType.Integer, 2),
    ];

    private EventBatch Batch(int capacity = 16) => TestBatch.Empty(capacity, doubles: 2, ints: 3);

    private static void Fill(EventBatch batch, int row, double score, double loss, int rank, int signal, int chosen)
    {
        batch.Column(new ColumnSlot<double>(0))[row] = score;
        batch.Column(new ColumnSlot<double>(1))[row] = loss;
        batch.Column(new ColumnSlot<int>(0))[row] = rank;
        batch.Column(new ColumnSlot<int>(1))[row] = signal;
        batch.Column(new ColumnSlot<int>(2))[row] = chosen;
    }

    private ref Event Add(EventBatch batch, long offset, string? user, string? item)
    {
        ref Event e = ref batch.Add();
        (e.Offset, e.Time) = (offset, TestBatch.Time + offset);
        e.User = user is null ? EntityKeyCodec.None : _names.Encode(user);
        e.Item = item is null ? EntityKeyCodec.None : _names.Encode(item);
        return ref e;
    }

    private async Task<string[]> Lines(EventBatch batch)
    {
        string path = _folder.File("events.jsonl");
        await using EventsSink sink = new(path, Columns, _names);
        await sink.WriteAsync(batch, CancellationToken.None);
        await sink.FlushAsync(0, CancellationToken.None);
        string text = await File.ReadAllTextAsync(path);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        string[] lines = text[..^1].Split('\n');
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
        return lines;
    }

    [Fact]
    public async Task A_line_holds_the_event_and_what_each_stage_said_of_it()
    {
        EventBatch batch = Batch();
        batch.FirstOrdinal = 100;
        Add(batch, 17, "1", "50").Value = 4.5;
        Fill(batch, 0, 3.4, .1 + .2, 7, (int)DriftSignal.Drift, 0);
        string[] lines = await Lines(batch);
        Assert.Equal(
            ["""{"event":100,"offset":17,"ts":"2013-05-31T11:33:20.000017Z","user":"1","item":"50","value":4.5,"mf":{"score":3.4,"loss":0.30000000000000004},"isgd":{"rank@20":7},"drift":{"signal":"drift"},"policy":{"chosen":0}}"""],
            lines);
    }

    [Fact]
    public async Task What_is_not_there_is_left_out()
    {
        EventBatch batch = Batch();
        Add(batch, 0, null, null);
        Fill(batch, 0, double.NaN, double.NaN, Ranks.None, (int)DriftSignal.None, -1);
        Add(batch, 1, "ann", null);
        Fill(batch, 1, double.NaN, 0, Ranks.None, -1, -1);
        Assert.Equal(
            [
                """{"event":0,"offset":0,"ts":"2013-05-31T11:33:20Z"}""",
                """{"event":1,"offset":1,"ts":"2013-05-31T11:33:20.000001Z","user":"ann","mf":{"loss":0}}""",
            ],
            await Lines(batch));
    }

    [Fact]
    public async Task Ranks_that_are_no_numbers_and_infinite_values_are_null()
    {
        EventBatch batch = Batch();
        int[] ranks = [Ranks.Beyond, Ranks.Cold, Ranks.Unknown];
        for (int i = 0; i < ranks.Length; i++)
        {
            Add(batch, 0, null, null);
            Fill(batch, i, double.NegativeInfinity, double.NaN, ranks[i], (int)DriftSignal.Warning, 3);
        }

        string[] lines = await Lines(batch);
        for (int i = 0; i < ranks.Length; i++)
        {
            Assert.Equal(
                $$$"""{"event":{{{i}}},"offset":0,"ts":"2013-05-31T11:33:20Z","mf":{"score":null},"isgd":{"rank@20":null},"drift":{"signal":"warning"},"policy":{"chosen":3}}""",
                lines[i]);
        }
    }

    [Fact]
    public async Task Topic_partition_and_kind_are_told_where_they_are_not_the_usual()
    {
        EventBatch batch = Batch();
        ref Event e = ref Add(batch, 5, null, null);
        e.Topic = 2;
        e.Partition = 3;
        e.Kind = EventKind.Decision;
        Fill(batch, 0, double.NaN, double.NaN, Ranks.None, 0, -1);
        Assert.Equal(["""{"event":0,"topic":2,"partition":3,"offset":5,"ts":"2013-05-31T11:33:20.000005Z","kind":"decision"}"""], await Lines(batch));
    }

    [Fact]
    public async Task Names_are_escaped_as_JSON_and_kept_as_UTF8()
    {
        string[] ids = ["日本", "a long name with \"quotes\" and \\", "übung-und-mehr", "<&>'", "🙂"];
        EventBatch batch = Batch();
        for (int i = 0; i < ids.Length; i++)
        {
            Add(batch, i, ids[i], null);
            Fill(batch, i, double.NaN, double.NaN, Ranks.None, 0, -1);
        }

        string[] lines = await Lines(batch);
        Assert.Equal(ids, lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("user").GetString()));
        Assert.Contains("\"日本\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"<&>'\"", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_read_back_as_the_same_doubles()
    {
        EventBatch batch = Batch(1000);
        CounterRng rng = new(1, 2);
        double[] values = [.. Enumerable.Range(0, 1000).Select(_ => BitConverter.UInt64BitsToDouble(rng.NextBits())).Select(x => double.IsFinite(x) ? x : 0)];
        for (int i = 0; i < values.Length; i++)
        {
            Add(batch, i, null, null).Value = values[i];
            Fill(batch, i, -values[i], double.NaN, Ranks.None, 0, -1);
        }

        string[] lines = await Lines(batch);
        Assert.Equal(values, lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("value").GetDouble()));
        Assert.Equal(values, lines.Select(line => -JsonDocument.Parse(line).RootElement.GetProperty("mf").GetProperty("score").GetDouble()));
    }

    [Fact]
    public void A_stage_may_not_be_called_like_a_field()
    {
        ColumnView[] columns = [ColumnView.Of("user", "score", ColumnType.Real, 0)];
        ArgumentException e = Assert.Throws<ArgumentException>(() => new EventsSink(_folder.File("e"), columns, _names));
        Assert.Contains("'user'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fresh_run_empties_the_file_even_without_events()
    {
        string path = _folder.File("events.jsonl");
        await File.WriteAllTextAsync(path, "old\n");
        await using EventsSink sink = new(path, Columns, _names);
        Assert.Equal("old\n", await File.ReadAllTextAsync(path));
        await sink.FlushAsync(0, CancellationToken.None);
        Assert.Equal("", await File.ReadAllTextAsync(path));
    }

    /// <summary>Some events from <paramref name="first"/> on, a function of their numbers alone.</summary>
    private EventBatch Stream(long first, int count)
    {
        EventBatch batch = Batch(Math.Max(count, 1));
        for (int i = 0; i < count; i++)
        {
            CounterRng rng = new(7, (ulong)(first + i));
            Add(batch, first + i, $"user-{rng.NextBelow(1000)}", $"{rng.NextBelow(1000)}").Value = rng.NextDouble();
            Fill(batch, i, rng.NextDouble(), double.NaN, (int)rng.NextBelow(20), 0, -1);
        }

        batch.FirstOrdinal = first;
        return batch;
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 300)]
    [InlineData(500, 1)]
    [InlineData(777, 4000)]
    public async Task A_resumed_run_leaves_the_file_of_an_uninterrupted_one(int before, int lost)
    {
        string whole = _folder.File("whole.jsonl"), path = _folder.File("resumed.jsonl");
        await using (EventsSink sink = new(whole, Columns, _names))
        {
            await sink.WriteAsync(Stream(0, before + 2000), CancellationToken.None);
            await sink.FlushAsync(0, CancellationToken.None);
        }

        byte[] state;
        await using (EventsSink killed = new(path, Columns, _names))
        {
            await killed.WriteAsync(Stream(0, before), CancellationToken.None);
            await killed.FlushAsync(1, CancellationToken.None);
            state = StateBytes.Save(killed);
            Assert.Equal(new FileInfo(path).Length, BitConverter.ToInt64(state));
            await killed.WriteAsync(Stream(before, lost), CancellationToken.None);
            if (lost > 1000) Assert.True(new FileInfo(path).Length > BitConverter.ToInt64(state));
        }

        await using (EventsSink resumed = new(path, Columns, _names))
        {
            StateBytes.Restore(resumed, state);
            Assert.Equal(state, StateBytes.Save(resumed));
            await resumed.WriteAsync(Stream(before, 2000), CancellationToken.None);
            await resumed.FlushAsync(0, CancellationToken.None);
        }

        Assert.Equal(await File.ReadAllBytesAsync(whole), await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task A_line_written_twice_after_two_resumes_is_there_once()
    {
        string path = _folder.File("events.jsonl");
        byte[] state = [];
        for (int run = 0; run < 3; run++)
        {
            await using EventsSink sink = new(path, Columns, _names);
            if (run > 0) StateBytes.Restore(sink, state);
            else await sink.WriteAsync(Stream(0, 10), CancellationToken.None);
            await sink.FlushAsync(1, CancellationToken.None);
            state = StateBytes.Save(sink);
            await sink.WriteAsync(Stream(10, 10), CancellationToken.None);
            await sink.FlushAsync(0, CancellationToken.None);
            Assert.Equal(20, (await File.ReadAllLinesAsync(path)).Length);
        }
    }

    [Fact]
    public async Task A_full_disk_surfaces()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        await using EventsSink sink = new("/dev/full", Columns, _names);
        await sink.WriteAsync(Stream(0, 10), CancellationToken.None);
        await Assert.ThrowsAsync<IOException>(async () => await sink.FlushAsync(1, CancellationToken.None));

        await using EventsSink busy = new("/dev/full", Columns, _names);
        await Assert.ThrowsAsync<IOException>(async () => await busy.WriteAsync(Stream(0, 4000), CancellationToken.None));
    }

    [Fact]
    public async Task A_missing_folder_surfaces()
    {
        await using EventsSink sink = new(_folder.File("no/such/events.jsonl"), Columns, _names);
        await Assert.ThrowsAnyAsync<IOException>(async () => await sink.WriteAsync(Stream(0, 1), CancellationToken.None));
    }

    [Fact]
    public async Task Writing_allocates_nothing_once_warm()
    {
        await using EventsSink sink = new(_folder.File("events.jsonl"), Columns, _names);
        EventBatch batch = Stream(0, 1000);
        for (int i = 0; i < 3; i++) await sink.WriteAsync(batch, CancellationToken.None);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) await sink.WriteAsync(batch, CancellationToken.None);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task A_cancelled_write_writes_nothing()
    {
        await using EventsSink sink = new(_folder.File("events.jsonl"), Columns, _names);
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await sink.WriteAsync(Stream(0, 1), new CancellationToken(canceled: true)));
        Assert.Empty(_folder.Names);
    }
}
