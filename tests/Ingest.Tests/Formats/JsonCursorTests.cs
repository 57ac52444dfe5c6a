using System.Runtime.ExceptionServices;
using System.Text;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Tests.Formats;

public class JsonCursorTests
{
    [Theory]
    [InlineData("{} ", true)]
    [InlineData("\t{}", true)]
    [InlineData("{ \r\n}", true)]
    [InlineData("{}x}", false)]
    [InlineData("{}{}", false)]
    [InlineData("{", false)]
    [InlineData("", false)]
    [InlineData("[}", false)]
    public void A_record_is_one_object(string text, bool expected)
    {
        bool found = JsonCursor.TryOpen(Encoding.UTF8.GetBytes(text), out JsonCursor json, out _) && !json.NextName() && json.TryEnd();
        Assert.Equal(expected, found);
    }

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
        Assert.True(JsonCursor.TryOpen(Encoding.UTF8.GetBytes($"  {{\"first\":{value},\"last\":null}}"), out JsonCursor json, out _));
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
        Assert.True(JsonCursor.TryOpen("""{"é":[1,"\u0041",{"b":2}]}"""u8, out JsonCursor json, out _));
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
    [InlineData("""{"a":nul}""", RejectionReason.Malformed, 1)]
    [InlineData("""{"a" 1}""", RejectionReason.Malformed, 1)]
    [InlineData("""{"a":1.}""", RejectionReason.Malformed, 1)]
    [InlineData("""{"a":"\x"}""", RejectionReason.Malformed, 1)]
    [InlineData("""{"a":[1}""", RejectionReason.Malformed, 1)]
    [InlineData("""{"\udc00":1}""", RejectionReason.InvalidUtf8, 1)]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]}", RejectionReason.TooComplex, 0)]
    [InlineData("""{"a":1""", RejectionReason.Malformed, 0)]
    [InlineData("a,b,3", RejectionReason.Malformed, 0)]
    public void A_bad_text_ends_the_walk_for_good_with_at_most_one_exception(string text, RejectionReason expected, int exceptions)
    {
        int thread = Environment.CurrentManagedThreadId, thrown = 0;
        EventHandler<FirstChanceExceptionEventArgs> count = (_, _) => thrown += Environment.CurrentManagedThreadId == thread ? 1 : 0;
        AppDomain.CurrentDomain.FirstChanceException += count;
        bool opened = JsonCursor.TryOpen(Encoding.UTF8.GetBytes(text), out JsonCursor json, out DecodeError error);
        JsonValues values = new();
        while (opened && json.NextName() && values.TryText(ref json, json.Value, out _) && json.TryRead()) json.TryPass(out _);
        bool goesOn = opened && (json.NextName() || json.NextElement() || json.TryRead() || json.TryEnd());
        AppDomain.CurrentDomain.FirstChanceException -= count;
        Assert.Equal(expected, opened ? json.Failure : error.Reason);
        Assert.Equal((false, exceptions), (goesOn, thrown));
    }
}
