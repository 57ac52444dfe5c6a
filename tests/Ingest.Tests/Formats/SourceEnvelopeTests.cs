using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Formats;

public sealed class SourceEnvelopeTests : IDisposable
{
    private const string Rating = "\"user\":\"u\",\"item\":\"i\",\"value\":3,\"ts\":7";
    private const string Body = "\"_label_cost\":-1,\"_label_probability\":1,\"_labelIndex\":0,\"c\":{\"_multi\":[{}]}";

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("jsonl", "{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1690000000000000}," + Rating + "}")]
    [InlineData("jsonl", "{" + Rating + ",\"source\":{\"arrived\":1690000000000000,\"offset\":123,\"more\":[1],\"partition\":3,\"topic\":1}}")]
    [InlineData("jsonl", "{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1690000000000000}," + Rating + ",\"source\":\"web\"}")]
    [InlineData("jsonl", "{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1690000000000000}," + Rating + ",\"source\":{\"topic\":0,\"partition\":0,\"offset\":0,\"arrived\":0}}")]
    [InlineData("jsonl", "{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1690000000000000},\"control\":\"idle\"}")]
    [InlineData("dsjson", "{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1690000000000000}," + Body + "}")]
    [InlineData("dsjson", "{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1690000000000000},\"control\":\"idle\"}")]
    [InlineData("cloudevents", "{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1690000000000000},\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":{" + Rating + "}}")]
    [InlineData("cloudevents", "{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1690000000000000},\"control\":\"idle\"}")]
    public void A_record_says_where_it_came_from(string format, string record)
    {
        Event e = Decode(format, record, out DecodeError error);
        Assert.Equal(default, error);
        Assert.Equal((1, 3, 123L, 1_690_000_000_000_000L), (e.Topic, e.Partition, e.Offset, e.ArrivalTime));
    }

    [Theory]
    [InlineData("{" + Rating + "}")]
    [InlineData("{\"source\":\"web\"," + Rating + "}")]
    [InlineData("{\"source\":null," + Rating + "}")]
    [InlineData("{\"source\":[{\"topic\":1}]," + Rating + "}")]
    public void Somebody_elses_source_is_ignored(string record)
    {
        Event e = Decode("jsonl", record, out DecodeError error);
        Assert.Equal(default, error);
        Assert.Equal((0, 0, -1L), (e.Topic, e.Partition, e.Offset));
    }

    [Theory]
    [InlineData("{\"topic\":32,\"partition\":3,\"offset\":1,\"arrived\":1}", RejectionReason.OutOfRange)]
    [InlineData("{\"topic\":0,\"partition\":2147483648,\"offset\":1,\"arrived\":1}", RejectionReason.OutOfRange)]
    [InlineData("{\"topic\":0,\"partition\":3,\"offset\":-1,\"arrived\":1}", RejectionReason.OutOfRange)]
    [InlineData("{\"topic\":0,\"partition\":3,\"offset\":1,\"arrived\":253402300800000000}", RejectionReason.OutOfRange)]
    [InlineData("{\"topic\":0,\"partition\":3,\"offset\":1.5,\"arrived\":1}", RejectionReason.NotANumber)]
    [InlineData("{\"topic\":\"0\",\"partition\":3,\"offset\":1,\"arrived\":1}", RejectionReason.NotANumber)]
    [InlineData("{\"topic\":0,\"partition\":3,\"offset\":99999999999999999999,\"arrived\":1}", RejectionReason.NotANumber)]
    [InlineData("{\"topic\":0,\"partition\":3,\"offset\":1}", RejectionReason.MissingField)]
    [InlineData("{}", RejectionReason.MissingField)]
    [InlineData("{\"topic\":0,\"topic\":0,\"partition\":3,\"offset\":1,\"arrived\":1}", RejectionReason.DuplicateKey)]
    public void A_bad_origin_is_a_bad_record(string source, RejectionReason reason)
    {
        Decode("jsonl", $"{{\"source\":{source},{Rating}}}", out DecodeError error);
        Assert.Equal(new DecodeError(reason, "source"), error);
        Decode("dsjson", $"{{{Body},\"source\":{source}}}", out error);
        Assert.Equal(new DecodeError(reason, "source"), error);
    }

    [Theory]
    [InlineData("jsonl", "{\"control\":\"reset\",\"stage\":\"mf\"}")]
    [InlineData("jsonl", "{\"stage\":\"m\\u0066\",\"control\":\"reset\",\"source\":\"web\"}")]
    [InlineData("jsonl", "{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1,\"own\":true},\"control\":\"reset\",\"stage\":\"mf\"}")]
    [InlineData("dsjson", "{\"source\":{\"own\":true,\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1},\"control\":\"reset\",\"stage\":\"mf\"}")]
    [InlineData("cloudevents", "{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1,\"own\":true},\"control\":\"reset\",\"stage\":\"mf\"}")]
    public void That_a_stage_begins_anew_names_the_stage(string format, string record)
    {
        Event e = Decode(format, record, out DecodeError error);
        Assert.Equal(default, error);
        Assert.Equal((EventKind.Control, (int)ControlKind.Reset, ControlMark.KeyOf("mf"u8), EntityKeyCodec.None), (e.Kind, e.Chosen, e.Decision, e.User));
    }

    [Theory]
    [InlineData("{\"control\":\"reset\"}", RejectionReason.MissingField, "stage")]
    [InlineData("{\"control\":\"reset\",\"stage\":7}", RejectionReason.MissingField, "stage")]
    [InlineData("{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1},\"control\":\"reset\",\"stage\":\"mf\"}", RejectionReason.Malformed, "control")]
    [InlineData("{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1,\"own\":1},\"control\":\"reset\",\"stage\":\"mf\"}", RejectionReason.Malformed, "control")]
    [InlineData("{\"source\":{\"topic\":1,\"partition\":3,\"offset\":123,\"arrived\":1},\"source\":{\"own\":true},\"control\":\"reset\",\"stage\":\"mf\"}", RejectionReason.Malformed, "control")]
    public void In_a_log_of_a_stream_only_the_engine_has_a_stage_begin_anew(string record, RejectionReason reason, string field)
    {
        foreach (string format in (string[])["jsonl", "dsjson", "cloudevents"])
        {
            Decode(format, record, out DecodeError error);
            Assert.Equal((format, new DecodeError(reason, field)), (format, error));
        }
    }

    [Theory]
    [InlineData("{\"control\":\"forget\",\"user\":\"x\",\"ts\":9}", ControlKind.Forget, 9_000_000L)]
    [InlineData("{\"control\":\"idle\"}", ControlKind.Idle, 5L)]
    public void Control_records_are_told_by_their_name(string record, ControlKind kind, long time)
    {
        Event e = Decode("jsonl", record, out DecodeError error);
        Assert.Equal(default, error);
        Assert.Equal((EventKind.Control, (int)kind, time), (e.Kind, e.Chosen, e.Time));
        Assert.Equal(kind == ControlKind.Forget, e.User != EntityKeyCodec.None);
    }

    [Theory]
    [InlineData("jsonl", "{\"control\":\"stop\"}", RejectionReason.Malformed, "control")]
    [InlineData("jsonl", "{\"control\":\"forget\"}", RejectionReason.MissingField, "user")]
    [InlineData("jsonl", "{\"control\":\"idle\",\"control\":\"idle\"}", RejectionReason.DuplicateKey, "control")]
    [InlineData("dsjson", "{\"control\":\"forget\",\"user\":\"x\"}", RejectionReason.Malformed, "control")]
    public void A_bad_control_record_is_rejected(string format, string record, RejectionReason reason, string field)
    {
        Decode(format, record, out DecodeError error);
        Assert.Equal(new DecodeError(reason, field), error);
    }

    [Theory]
    [InlineData(LogOrder.File)]
    [InlineData(LogOrder.Time)]
    public async Task A_log_with_control_records_is_read_to_its_end_and_each_ends_a_batch(LogOrder order)
    {
        string log = string.Concat(Enumerable.Range(0, 20).Select(i => i % 5 == 4
            ? $"{{\"control\":\"forget\",\"user\":\"u\",\"ts\":{i}}}\n"
            : $"{{\"source\":{{\"topic\":0,\"partition\":2,\"offset\":{100 + i},\"arrived\":{i + 1}}},\"user\":\"u\",\"item\":\"i\",\"ts\":{i}}}\n"));
        SourceOptions options = new() { Paths = [_folder.Write("log", log)], Format = "jsonl", Order = order };
        Reading reading = await Reading.Of(options, batchSize: 100);
        Assert.Equal((20L, 16L), (reading.Last.Records, reading.Last.Events));
        Assert.Equal([4, 4, 4, 4], reading.Counts.Where(c => c > 0));
        Assert.Equal("100 u i NaN 0 odd", reading.Events[0]);
        Assert.Equal([119L], reading.Last.Cursors.ToArray());
    }

    public void Dispose() => _folder.Dispose();

    private static Event Decode(string format, string record, out DecodeError error)
    {
        using BatchPool pool = new(1, 4, 0, 0);
        BatchLease lease = pool.Rent();
        try
        {
            EventWriter writer = new(lease.Batch, new EntityKeyCodec(1), 5);
            bool good = FormatCatalogue.Find(format)!.Create(new SourceOptions()).TryDecode(Encoding.UTF8.GetBytes(record), ref writer, out error);
            Assert.Equal(good ? 1 : 0, lease.Batch.Count);
            return good ? lease.Batch.Events[0] : default;
        }
        finally
        {
            lease.Release();
        }
    }
}
