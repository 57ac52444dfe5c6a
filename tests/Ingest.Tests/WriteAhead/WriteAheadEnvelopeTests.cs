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

    [Fact]
    public void The_key_of_an_append_and_what_is_the_engines_own_can_be_read_back_and_no_half_of_it()
    {
        WriteAheadPlace[] places =
        [
            new(long.MaxValue, long.MaxValue) { Key = new AppendKey(UInt128.MaxValue, ulong.MaxValue), Records = LineFraming.MaxRecords },
            new(7, 12) { Key = new AppendKey(0, 255), Records = 1 },
            new(7, 12, IsOwn: true),
        ];
        foreach (WriteAheadPlace place in places)
        {
            byte[] target = new byte[2 + WriteAheadEnvelope.MaxBytes + WriteAheadEnvelope.MaxKeyBytes];
            int length = WriteAheadEnvelope.Write(target, "{}"u8, place);
            Assert.True(WriteAheadEnvelope.TryRead(target.AsSpan(0, length - 1), out WriteAheadPlace read));
            Assert.Equal(place, read);
            JsonDocument.Parse(target.AsMemory(0, length)).Dispose();
            for (int cut = 0; cut < length - 1; cut++) Assert.False(WriteAheadEnvelope.TryRead(target.AsSpan(0, cut), out _));
        }
    }

    [Theory]
    [InlineData("""{"source":{"topic":0,"partition":0,"offset":7,"arrived":12,"records":0,"key":"000000000000000000000000000000ff","body":"00000000000000ff"}}""")]
    [InlineData("""{"source":{"topic":0,"partition":0,"offset":7,"arrived":12,"records":100001,"key":"000000000000000000000000000000ff","body":"00000000000000ff"}}""")]
    [InlineData("""{"source":{"topic":0,"partition":0,"offset":7,"arrived":12,"records":1,"key":"0000000000000000000000000000ff","body":"00000000000000ff"}}""")]
    [InlineData("""{"source":{"topic":0,"partition":0,"offset":7,"arrived":12,"records":1,"key":"0000000000000000000000000000 0ff","body":"00000000000000ff"}}""")]
    [InlineData("""{"source":{"topic":0,"partition":0,"offset":7,"arrived":12,"own":false}}""")]
    [InlineData("""{"user":"a"}""")]
    [InlineData("""{"source":{"topic":0,"partition":1,"offset":7,"arrived":12},"user":"a"}""")]
    [InlineData("""{"source":{"topic":0,"partition":0,"offset":-7,"arrived":12},"user":"a"}""")]
    [InlineData("""{"source":{"topic":0,"partition":0,"offset":99999999999999999999,"arrived":12},"user":"a"}""")]
    [InlineData("")]
    public void What_it_did_not_write_is_none(string line) => Assert.False(WriteAheadEnvelope.TryRead(Encoding.UTF8.GetBytes(line), out _));
}
