using System.Text;
using System.Text.Json;
using Streaming.Ingest.WriteAhead;

namespace Streaming.Ingest.Tests.WriteAhead;

public class WriteAheadEnvelopeTests
{
    [Theory]
    [InlineData("""{"user":"a"}""", 0, 0, """{"source":{"topic":0,"partition":0,"offset":0,"arrived":0},"user":"a"}""")]
    [InlineData("""{ "user":"a" }""", 7, 12, """{"source":{"topic":0,"partition":0,"offset":7,"arrived":12}, "user":"a" }""")]
    [InlineData("{}", 7, 12, """{"source":{"topic":0,"partition":0,"offset":7,"arrived":12}}""")]
    [InlineData("{ \t}", long.MaxValue, long.MaxValue, "{\"source\":{\"topic\":0,\"partition\":0,\"offset\":9223372036854775807,\"arrived\":9223372036854775807} \t}")]
    public void It_stands_behind_the_opening_brace_and_can_be_read_back(string record, long offset, long arrived, string expected)
    {
        byte[] target = new byte[record.Length + WriteAheadEnvelope.MaxBytes];
        int length = WriteAheadEnvelope.Write(target, Encoding.UTF8.GetBytes(record), new WriteAheadPlace(offset, arrived));
        Assert.Equal(expected + "\n", Encoding.UTF8.GetString(target, 0, length));
        using JsonDocument parsed = JsonDocument.Parse(target.AsMemory(0, length));
        Assert.Equal(arrived, parsed.RootElement.GetProperty("source").GetProperty("arrived").GetInt64());
        Assert.True(WriteAheadEnvelope.TryRead(target.AsSpan(0, length - 1), out WriteAheadPlace place));
        Assert.Equal(new WriteAheadPlace(offset, arrived), place);
        for (int cut = 0; cut < length - 1; cut++)
        {
            bool looksWhole = target[cut - (cut > 0 ? 1 : 0)] == '}' && cut > expected.IndexOf('}', StringComparison.Ordinal) + 1;
            if (!looksWhole) Assert.False(WriteAheadEnvelope.TryRead(target.AsSpan(0, cut), out _));
        }
    }

    [Theory]
    [InlineData("""{"user":"a"}""")]
    [InlineData("""{"source":{"topic":0,"partition":1,"offset":7,"arrived":12},"user":"a"}""")]
    [InlineData("""{"source":{"topic":0,"partition":0,"offset":-7,"arrived":12},"user":"a"}""")]
    [InlineData("""{"source":{"topic":0,"partition":0,"offset":99999999999999999999,"arrived":12},"user":"a"}""")]
    [InlineData("")]
    public void What_it_did_not_write_is_none(string line) => Assert.False(WriteAheadEnvelope.TryRead(Encoding.UTF8.GetBytes(line), out _));
}
