using System.Runtime.ExceptionServices;
using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Tests.Formats;

public class JsonCursorTests
{
    [Theory]
    [InlineData("{} ", "good")]
    [InlineData("\t{}", "good")]
    [InlineData("{ \r\n}", "good")]
    [InlineData("{}x}", "malformed")]
    [InlineData("{}{}", "malformed")]
    [InlineData("{", "malformed")]
    [InlineData("", "malformed")]
    [InlineData("[}", "malformed")]
    public void A_record_is_one_object(string text, string expected) => Assert.Equal(expected, Decode(text));

    [Theory]
    [InlineData("7.5", "7.5")]
    [InlineData(" -0e2 ", "-0e2")]
    [InlineData("\"a\\\"b\"", "a\\\"b")]
    [InlineData("\"\"", "")]
    [InlineData("true", "true")]
    [InlineData(" { \"b\" : [ { } , [] ] } ", "{ \"b\" : [ { } , [] ] }")]
    [InlineData("[[1, 2], {\"é\": \"]\"}]", "[[1, 2], {\"é\": \"]\"}]")]
    public void A_value_that_was_passed_is_known_by_its_place(string value, string expected)
    {
        JsonCursor json = new(Encoding.UTF8.GetBytes($"  {{\"first\":{value},\"last\":null}}"));
        Assert.True(json.NextName());
        Assert.Equal("first", Encoding.UTF8.GetString(json[json.Value]));
        Assert.True(json.TryRead());
        Assert.True(json.TryPass(out JsonValue passed));
        Assert.True(json.NextName());
        Assert.Equal("last", Encoding.UTF8.GetString(json[json.Value]));
        Assert.Equal(expected, Encoding.UTF8.GetString(json[passed]));
        Assert.True(json.TryRead() && !json.NextName() && json.TryEnd());
    }

    [Fact]
    public void What_was_passed_can_be_walked_again()
    {
        JsonCursor json = new("""{"é":[1,"\u0041",{"b":2}]}"""u8);
        Assert.True(json.NextName() && json.TryRead());
        Assert.True(json.TryPass(out JsonValue passed));
        JsonCursor again = json.Again(passed);
        JsonValues values = new();
        Assert.True(again.NextElement());
        Assert.Equal("1", Encoding.UTF8.GetString(again[again.Value]));
        Assert.True(again.NextElement());
        Assert.True(values.TryText(ref again, again.Value, out ReadOnlySpan<byte> text));
        Assert.Equal("A", Encoding.UTF8.GetString(text));
        Assert.True(again.NextElement() && again.NextName());
        Assert.Equal("b", Encoding.UTF8.GetString(again[again.Value]));
        Assert.True(again.TryRead() && !again.NextName() && !again.NextElement());
        Assert.True(again.TryEnd() && !json.NextName() && json.TryEnd());
    }

    [Theory]
    [InlineData("""{"a":[true,{"b":"\u00e9\n"}],"c":-1.5e+3}""", "good", 0)]
    [InlineData("""{"a":nul}""", "malformed", 1)]
    [InlineData("""{"a" 1}""", "malformed", 1)]
    [InlineData("""{"a":1.}""", "malformed", 1)]
    [InlineData("""{"a":"\x"}""", "malformed", 1)]
    [InlineData("""{"a":[1}""", "malformed", 1)]
    [InlineData("""{"a":[1]]}""", "malformed", 1)]
    [InlineData("""{"\udc00":1}""", "invalid-utf8", 1)]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]}", "too-complex", 0)]
    [InlineData("""{"a":1""", "malformed", 0)]
    [InlineData("a,b,3", "malformed", 0)]
    public void A_bad_record_costs_at_most_one_exception(string text, string expected, int exceptions)
    {
        int thread = Environment.CurrentManagedThreadId, thrown = 0;
        EventHandler<FirstChanceExceptionEventArgs> count = (_, _) => thrown += Environment.CurrentManagedThreadId == thread ? 1 : 0;
        AppDomain.CurrentDomain.FirstChanceException += count;
        string found = Decode(text);
        AppDomain.CurrentDomain.FirstChanceException -= count;
        Assert.Equal((expected, exceptions), (found, thrown));
    }

    [Fact]
    public void A_walk_that_failed_does_not_go_on()
    {
        JsonCursor json = new("""{"a":[1,2],"b":3}"""u8);
        Assert.True(json.NextName() && json.TryRead() && json.NextElement());
        Assert.False(json.Fail(RejectionReason.TooComplex));
        Assert.False(json.NextElement() || json.NextName() || json.TryRead() || json.TryEnd() || json.Fail());
        Assert.Equal(RejectionReason.TooComplex, json.Failure);
    }

    private static string Decode(string text)
    {
        using BatchPool pool = new(1, 1, 0, 0);
        BatchLease lease = pool.Rent();
        EventWriter writer = new(lease.Batch, new EntityKeyCodec(1), 0);
        bool good = JsonCursor.TryDecode(new Passer(), Encoding.UTF8.GetBytes(text), ref writer, out DecodeError error);
        lease.Release();
        return good ? "good" : error.Reason.Label();
    }

    /// <summary>Passes every member of a record and reads their names.</summary>
    private sealed class Passer : IJsonFormat
    {
        private readonly JsonValues _values = new();

        public bool TryRecord(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
        {
            error = default;
            while (json.NextName())
            {
                if (!_values.TryText(ref json, json.Value, out _) || !json.TryRead() || !json.TryPass(out _)) return false;
            }

            return json.TryEnd();
        }
    }
}
