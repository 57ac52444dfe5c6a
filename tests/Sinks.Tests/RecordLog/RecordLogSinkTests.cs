using System.Text;
using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Shared.Files;
using Streaming.Shared.State;
using Streaming.Sinks.RecordLog;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.RecordLog;

public sealed class RecordLogSinkTests : IDisposable
{
    private const string Place = """{"source":{"topic":1,"partition":3,"offset":123,"arrived":1690000000000000}""";

    private static readonly RecordOrigin Origin = new(1, 3, 123, 1_690_000_000_000_000);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static EventBatch Batch(params string[] records)
    {
        EventBatch batch = TestBatch.Empty();
        foreach (string record in records) batch.Records.Add(Origin, Encoding.UTF8.GetBytes(record));
        return batch;
    }

    private async Task<string> Line(string record)
    {
        await using RecordLogSink sink = new(_folder.File("log"));
        await sink.WriteAsync(Batch(record), CancellationToken.None);
        await sink.FlushAsync(0, CancellationToken.None);
        string text = await File.ReadAllTextAsync(_folder.File("log"));
        string line = Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        JsonDocument.Parse(line).Dispose();
        return line;
    }

    [Theory]
    [InlineData("""{"user":"1","item":"50"}""", ""","user":"1","item":"50"}""")]
    [InlineData("{}", "}")]
    [InlineData(" \t{ \n} \r\n", "}")]
    [InlineData("{\n  \"user\": \"a\\nb\",\r\n  \"value\": 1\n}\n", ""","user": "a\nb",    "value": 1 }""")]
    [InlineData("""{"user":"日本","note":{"source":{"offset":9}}}""", ""","user":"日本","note":{"source":{"offset":9}}}""")]
    [InlineData("""{"source":"/shop","user":"1"}""", ""","source":"/shop","user":"1"}""")]
    [InlineData("""{"note":"\u0073 \"source\"","user":"1"}""", ""","note":"\u0073 \"source\"","user":"1"}""")]
    public async Task A_record_gets_its_place_as_the_first_field(string record, string rest) => Assert.Equal(Place + rest, await Line(record));

    [Theory]
    [InlineData("""{"source":{"topic":1,"partition":3,"offset":7,"arrived":0},"user":"1"}""")]
    [InlineData("""{"source":{"topic":1,"partition":3,"offset":1234,"arrived":1690000000000000},"user":"1"}""")]
    [InlineData("""{"user":"1","source":{"topic":1,"partition":3,"offset":123,"arrived":1690000000000000}}""")]
    public async Task Another_place_that_the_record_claims_comes_after_its_own(string record) => Assert.Equal(Place + "," + record[1..], await Line(record));

    [Theory]
    [InlineData(Place + ""","user":"1"}""")]
    [InlineData(Place + "}")]
    [InlineData("""{"source":{"topic":1,"partition":3,"offset":123,"arrived":1690000000000000,"own":true},"control":"reset","stage":"mf"}""")]
    public async Task A_record_with_its_place_is_written_as_it_is(string record) => Assert.Equal(record, await Line(record));

    [Theory]
    [InlineData("1,2,3")]
    [InlineData("")]
    [InlineData("[{}]")]
    [InlineData("{")]
    public async Task A_record_that_is_no_object_is_refused_with_its_place(string record)
    {
        await using RecordLogSink sink = new(_folder.File("log"));
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Batch(record), CancellationToken.None));
        Assert.Contains("offset 123 of partition 3", e.Message, StringComparison.Ordinal);
        await sink.DisposeAsync();
        Assert.Equal("", await File.ReadAllTextAsync(_folder.File("log")));
    }

    [Fact]
    public async Task It_asks_for_records()
    {
        await using RecordLogSink sink = new(_folder.File("log"));
        Assert.True(sink.NeedsRecords);
    }

    [Fact]
    public async Task A_resumed_run_leaves_the_log_of_an_uninterrupted_one()
    {
        string[] records = [.. Enumerable.Range(0, 500).Select(i => $$"""{"user":"{{i}}","value":{{i % 5}}}""")];
        string path = _folder.File("log");
        byte[] state;
        await using (RecordLogSink killed = new(path))
        {
            await killed.WriteAsync(Batch(records[..200]), CancellationToken.None);
            await killed.FlushAsync(1, CancellationToken.None);
            state = StateBytes.Save(killed);
            await killed.WriteAsync(Batch(records[200..350]), CancellationToken.None);
        }

        Assert.Equal(350, (await File.ReadAllLinesAsync(path)).Length);
        await using (RecordLogSink resumed = new(path))
        {
            StateBytes.Restore(resumed, state);
            await resumed.WriteAsync(Batch(records[200..]), CancellationToken.None);
            await resumed.FlushAsync(0, CancellationToken.None);
        }

        Assert.Equal(records.Select(r => string.Concat(Place, ",", r.AsSpan(1))), await File.ReadAllLinesAsync(path));
    }

    [Fact]
    public async Task Writing_allocates_nothing_once_warm()
    {
        await using RecordLogSink sink = new(_folder.File("log"));
        EventBatch batch = Batch([.. Enumerable.Range(0, 1000).Select(i => $$"""{"user":"{{i}}","value":{{i % 5}},"source":"/shop"}""")]);
        for (int i = 0; i < 3; i++) await sink.WriteAsync(batch, CancellationToken.None);
        // What the runtime does once on this thread is no cost of writing: that would be in every round.
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++) await sink.WriteAsync(batch, CancellationToken.None);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
