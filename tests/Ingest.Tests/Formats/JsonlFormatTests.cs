using System.Text;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Formats;

public class JsonlFormatTests
{
    private static readonly string Deep = string.Concat(Enumerable.Repeat("[", 31)) + "1" + string.Concat(Enumerable.Repeat("]", 31));

    [Theory]
    [InlineData("""{"ts":1700000000,"user":"u","item":"i","value":3.5}""", "u i 3.5 1700000000000000")]
    [InlineData("""{"ts":"2023-11-14T22:13:20Z","user":"u","item":"i"}""", "u i NaN 1700000000000000")]
    [InlineData("""{"ts":1700000000123,"user":7,"item":-8,"value":1}""", "7 -8 1 1700000000123000")]
    [InlineData("""  {"user":"u","item":"i","other":[{"user":1}],"kind":"view"} """, "u i NaN 123456")]
    [InlineData("""{"user":"\u0061b","item":"i\"x","value":null,"ts":null}""", "ab i\"x NaN 123456")]
    [InlineData("""{"us\u0065r":"u","item":"i"}""", "u i NaN 123456")]
    [InlineData("""{"user":"u","item":"i","context":{"a":1,"b":"x","c":true,"d":null,"e":{"f":1}}}""", "u i NaN 123456 +3")]
    [InlineData("""{"user":"u","item":"i","value":-0}""", "u i 0 123456")]
    [InlineData("""{"user":"u","item":"i","value":1e999}""", "not-finite value")]
    [InlineData("""{"user":"u","item":"i","value":"NaN"}""", "not-finite value")]
    [InlineData("""{"user":"u","item":"i","value":"4"}""", "not-a-number value")]
    [InlineData("""{"user":"u","item":"i","value":true}""", "not-a-number value")]
    [InlineData("""{"user":"u","item":"i","value":NaN}""", "malformed")]
    [InlineData("""{"user":"u","value":1}""", "missing-field item")]
    [InlineData("""{"item":"u","user":null}""", "missing-field user")]
    [InlineData("""{"user":"","item":"i"}""", "missing-field user")]
    [InlineData("""{"user":1.5,"item":"i"}""", "bad-id user")]
    [InlineData("""{"user":{},"item":"i"}""", "bad-id user")]
    [InlineData("""{"user":"a\u0000","item":"i"}""", "bad-id user")]
    [InlineData("""{"user":"\ud800","item":"i"}""", "invalid-utf8")]
    [InlineData("""{"\ud800":"u","user":"u","item":"i"}""", "invalid-utf8")]
    [InlineData("""{"user":"u","item":"i","ts":"soon"}""", "bad-time ts")]
    [InlineData("""{"user":"u","item":"i","ts":[1]}""", "bad-time ts")]
    [InlineData("""{"user":"u","item":"i","ts":-1}""", "time-out-of-range ts")]
    [InlineData("""{"user":"u","item":"i","user":"u"}""", "duplicate-key user")]
    [InlineData("""{"user":null,"item":"i","user":"u"}""", "duplicate-key user")]
    [InlineData("""{"user":"u","item":"i","x":1,"x":2}""", "u i NaN 123456")]
    [InlineData("""{"user":"u","item":"i","context":{"a":1,"a":2}}""", "duplicate-key context")]
    [InlineData("""{"user":"u","item":"i","context":{"a":1e999}}""", "not-finite context")]
    [InlineData("""{"user":"u","item":"i","context":7}""", "malformed context")]
    [InlineData("""{"user":"u","item":"i"} {}""", "malformed")]
    [InlineData("""{"user":"u","item":"i"}}""", "malformed")]
    [InlineData("""{"user":"u","item":"i",}""", "malformed")]
    [InlineData("""{"user":"u","item":"i" """, "malformed")]
    [InlineData("""{"user":"u" /* no */,"item":"i"}""", "malformed")]
    [InlineData("""["user","u"]""", "malformed")]
    [InlineData("null", "malformed")]
    [InlineData("{}", "missing-field user")]
    public void Decodes_interactions_and_names_what_is_wrong(string record, string expected)
    {
        using Decoding decoding = new();
        Assert.Equal(expected, decoding.Decode(new JsonlFormat(), record));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_wherever_they_are()
    {
        using Decoding decoding = new();
        byte[] record = Encoding.UTF8.GetBytes("""{"user":"u","item":"i","note":"?"}""");
        record[Array.IndexOf(record, (byte)'?')] = 0xFF;
        Assert.Equal("invalid-utf8", decoding.Decode(new JsonlFormat(), record));
    }

    [Fact]
    public void Nesting_is_taken_to_32_and_refused_beyond()
    {
        using Decoding decoding = new();
        string Record(string nested) => $$"""{"deep":{{nested}},"user":"u","item":"i"}""";
        Assert.Equal("u i NaN 123456", decoding.Decode(new JsonlFormat(), Record(Deep)));
        Assert.Equal("too-complex", decoding.Decode(new JsonlFormat(), Record("[" + Deep + "]")));
        Assert.Equal("too-complex", decoding.Decode(new JsonlFormat(), Record(new string('[', 100_000) + new string(']', 100_000))));
        Assert.Equal("too-complex", decoding.Decode(new JsonlFormat(), $$"""{"context":{"x":{{Deep}}},"user":"u","item":"i"}"""));
    }

    [Theory]
    [InlineData(256, "u i NaN 123456 +256")]
    [InlineData(257, "too-complex context")]
    public void Context_values_are_limited(int count, string expected)
    {
        using Decoding decoding = new();
        string context = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"k{i}\":{i}"));
        Assert.Equal(expected, decoding.Decode(new JsonlFormat(), $$$"""{"user":"u","item":"i","context":{{{{context}}}}}"""));
    }

    [Fact]
    public void An_escaped_id_longer_than_any_id_is_refused()
    {
        using Decoding decoding = new();
        string id = string.Concat(Enumerable.Repeat("\\u0061", 1000));
        Assert.Equal("bad-id user", decoding.Decode(new JsonlFormat(), $$"""{"user":"{{id}}","item":"i"}"""));
    }
}
