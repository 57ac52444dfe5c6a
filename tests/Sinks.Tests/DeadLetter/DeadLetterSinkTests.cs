using System.Text;
using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Shared.Files;
using Streaming.Shared.State;
using Streaming.Sinks.DeadLetter;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.DeadLetter;

public sealed class DeadLetterSinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static EventBatch Rejected(params (long Offset, RejectionReason Reason, string Field, byte[] Bytes, int Keep)[] records)
    {
        EventBatch batch = TestBatch.Empty();
        foreach ((long offset, RejectionReason reason, string field, byte[] bytes, int keep) in records)
            batch.Rejections.Add(0, offset, offset + 1, new DecodeError(reason, field), bytes, bytes.Length, keep);
        return batch;
    }

    private static (long, RejectionReason, string, byte[], int) Record(long offset, string text = "1,2,NaN,7", int keep = 1000) =>
        (offset, RejectionReason.NotFinite, "value", Encoding.UTF8.GetBytes(text), keep);

    private async Task<string[]> Lines(EventBatch batch)
    {
        string path = _folder.File("dead.jsonl");
        await using DeadLetterSink sink = new(path);
        await sink.WriteAsync(batch, CancellationToken.None);
        await sink.FlushAsync(0, CancellationToken.None);
        Assert.Equal(batch.Rejections.Count, sink.Count);
        string[] lines = await File.ReadAllLinesAsync(path);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
        return lines;
    }

    [Fact]
    public async Task A_line_says_where_why_and_what() => Assert.Equal(
        ["""{"partition":0,"offset":12,"line":13,"reason":"not-finite","field":"value","length":9,"bytes":"1,2,NaN,7"}"""],
        await Lines(Rejected(Record(12))));

    [Fact]
    public async Task Line_and_field_are_left_out_where_there_are_none()
    {
        EventBatch batch = TestBatch.Empty();
        batch.Rejections.Add(2, 7, 0, new DecodeError(RejectionReason.Malformed, ""), "{\"a\": 日}"u8, 12, 100);
        Assert.Equal(["""{"partition":2,"offset":7,"reason":"malformed","length":12,"bytes":"{\"a\": 日}","truncated":true}"""], await Lines(batch));
    }

    [Fact]
    public async Task The_topic_comes_first_where_there_are_topics()
    {
        EventBatch batch = TestBatch.Empty();
        batch.Rejections.Add(2, 7, 0, new DecodeError(RejectionReason.Malformed, ""), "x"u8, 1, 100, topic: 1);
        await using DeadLetterSink sink = new(_folder.File("dead.jsonl"), ["clicks", "rewards"]);
        await sink.WriteAsync(batch, CancellationToken.None);
        Assert.Equal(
            ["""{"topic":"rewards","partition":2,"offset":7,"reason":"malformed","length":1,"bytes":"x"}"""],
            await File.ReadAllLinesAsync(_folder.File("dead.jsonl")));
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_in_base64()
    {
        byte[] bytes = [0x31, 0xFF, 0xFE, 0x00];
        string[] lines = await Lines(Rejected((3, RejectionReason.InvalidUtf8, "", bytes, 100)));
        Assert.Equal(["""{"partition":0,"offset":3,"line":4,"reason":"invalid-utf8","length":4,"base64":"Mf/+AA=="}"""], lines);
    }

    [Theory]
    [InlineData(4, "abcd")]
    [InlineData(5, "abcd")]
    [InlineData(6, "abcd")]
    [InlineData(7, "abcd日")]
    public async Task A_record_that_was_cut_says_so_and_ends_with_a_whole_character(int keep, string kept)
    {
        JsonElement line = JsonDocument.Parse((await Lines(Rejected(Record(0, "abcd日本", keep))))[0]).RootElement;
        Assert.Equal((kept, 10, true), (line.GetProperty("bytes").GetString(), line.GetProperty("length").GetInt32(), line.GetProperty("truncated").GetBoolean()));
    }

    [Fact]
    public async Task Bytes_that_are_cut_and_not_UTF8_keep_every_byte()
    {
        string[] lines = await Lines(Rejected((0, RejectionReason.InvalidUtf8, "", [0xFF, 0xE6, 0x97, 0xA5], 3)));
        Assert.Equal(["""{"partition":0,"offset":0,"line":1,"reason":"invalid-utf8","length":4,"base64":"/+aX","truncated":true}"""], lines);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(28)]
    [InlineData(5000)]
    public async Task A_record_that_nobody_may_see_is_withheld_and_not_cut(long length)
    {
        EventBatch batch = TestBatch.Empty();
        batch.Rejections.Add(0, 12, 13, new DecodeError(RejectionReason.NotFinite, "value"), "hmac-sha256:00112233aabbccdd"u8, length, 4096, withheld: true);
        Assert.Equal(
            [$$"""{"partition":0,"offset":12,"line":13,"reason":"not-finite","field":"value","length":{{length}},"withheld":"hmac-sha256:00112233aabbccdd"}"""],
            await Lines(batch));
    }

    [Fact]
    public async Task Without_a_bad_record_there_is_no_file()
    {
        await using DeadLetterSink sink = new(_folder.File("dead.jsonl"));
        await sink.WriteAsync(TestBatch.Of(0, 3), CancellationToken.None);
        await sink.FlushAsync(1, CancellationToken.None);
        await sink.FlushAsync(0, CancellationToken.None);
        Assert.Empty(_folder.Names);
        Assert.Equal(0, sink.Count);
    }

    [Fact]
    public async Task A_fresh_run_empties_what_an_earlier_one_left()
    {
        string path = _folder.File("dead.jsonl");
        await File.WriteAllTextAsync(path, "old\n");
        await using DeadLetterSink sink = new(path);
        await sink.WriteAsync(TestBatch.Of(0, 3), CancellationToken.None);
        Assert.Equal("", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_resumed_run_leaves_the_file_and_the_count_of_an_uninterrupted_one()
    {
        string path = _folder.File("dead.jsonl"), whole = _folder.File("whole.jsonl");
        await using (DeadLetterSink sink = new(whole))
        {
            await sink.WriteAsync(Rejected(Record(0), Record(1), Record(2)), CancellationToken.None);
            await sink.FlushAsync(0, CancellationToken.None);
        }

        byte[] state;
        await using (DeadLetterSink killed = new(path))
        {
            await killed.WriteAsync(Rejected(Record(0)), CancellationToken.None);
            await killed.FlushAsync(1, CancellationToken.None);
            state = StateBytes.Save(killed);
            await killed.WriteAsync(Rejected(Record(1, "lost"), Record(2, "lost")), CancellationToken.None);
            await killed.FlushAsync(0, CancellationToken.None);
        }

        await using DeadLetterSink resumed = new(path);
        StateBytes.Restore(resumed, state);
        Assert.Equal(1, resumed.Count);
        await resumed.WriteAsync(Rejected(Record(1), Record(2)), CancellationToken.None);
        await resumed.FlushAsync(0, CancellationToken.None);
        Assert.Equal(3, resumed.Count);
        Assert.Equal(await File.ReadAllTextAsync(whole), await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task The_lines_of_a_batch_are_in_the_file_without_a_flush()
    {
        string path = _folder.File("dead.jsonl");
        await using DeadLetterSink sink = new(path);
        await sink.WriteAsync(Rejected(Record(0), Record(1)), CancellationToken.None);
        Assert.Equal(2, (await File.ReadAllLinesAsync(path)).Length);
    }

    [Fact]
    public async Task A_full_disk_surfaces()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        await using DeadLetterSink sink = new("/dev/full");
        await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Rejected(Record(0)), CancellationToken.None));
    }
}
