using System.Text;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Formats;

public sealed class VwFormatTests : IDisposable
{
    private readonly DecisionText _text = new("s", "a", "b", "n^a", "n^b", "u^a", "0", "1", "n^0", "n^1");
    private readonly TempFolder _folder = new();
    private readonly VwFormat _paragraphs = new();

    [Theory]
    [InlineData("shared | s\n0:1.5:0.5 | a b\n | b:2", "Decision -1.5 at 5 for 0 #0 p 0.5 s | 0 a b | 1 b:2")]
    [InlineData("| a\n7:-2:0.25 | b", "Decision 2 at 5 for 1 #1 p 0.25 | 0 a | 1 b")]
    [InlineData("shared|n a:0.5 b |u a\r\n0:0:1 |n:2 a b:3 | s:-1\r\n|", "Decision 0 at 5 for 0 #0 p 1 n^a:0.5 n^b u^a | 0 n^a:2 n^b:6 s:-1 | 1")]
    [InlineData("x| a\n1:1:1 'y | b", "Decision -1 at 5 for y #1 p 1 | x a | y b")]
    [InlineData("'x | a\n1:1:1 x| b", "Decision -1 at 5 for 1 #1 p 1 | 0 a | 1 b")]
    [InlineData("x| a\n1:1:1 | b", "Decision -1 at 5 for 1 #1 p 1 | 0 a | 1 b")]
    [InlineData("1:1:1| :2 :3 |n :4 a :5\t", "Decision -1 at 5 for 0 #0 p 1 | 0 0:2 1:3 n^0:4 n^a n^1:5")]
    [InlineData(" | a\n | b", "Query NaN at 5 | 0 a | 1 b")]
    [InlineData("shared | s\n | a", "Query NaN at 5 s | 0 a")]
    [InlineData("shared | s", "empty-action-set actions")]
    [InlineData("| a\nshared | s", "malformed shared")]
    [InlineData("shared | s\nshared | s\n1:1:1 | a", "malformed shared")]
    [InlineData("shared 1:1:1 | s\n| a", "malformed shared")]
    [InlineData("1:1:0.5 | a\n2:1:0.5 | b", "malformed label")]
    [InlineData("1:1:0.5 2:1:0.5 | a", "malformed label")]
    [InlineData("1 | a", "malformed label")]
    [InlineData("-1:1:0.5 | a", "malformed label")]
    [InlineData("1:1:0.5:2 | a", "malformed label")]
    [InlineData("'x y| a", "malformed label")]
    [InlineData("1:1:0.5 | a\nno bar", "malformed")]
    [InlineData("1:1:0.5 | a\n \n| b", "malformed")]
    [InlineData("1:1 | a", "propensity-missing propensity")]
    [InlineData("1:1: | a", "propensity-missing propensity")]
    [InlineData("1:1:0 | a", "propensity-zero propensity")]
    [InlineData("1:1:-1 | a", "propensity-negative propensity")]
    [InlineData("1:1:2 | a", "propensity-above-one propensity")]
    [InlineData("1:1:x | a", "not-a-number propensity")]
    [InlineData("1:1e999:1 | a", "not-finite reward")]
    [InlineData("1::1 | a", "missing-field reward")]
    [InlineData("1:x:1 | a", "not-a-number reward")]
    [InlineData("1:1:1 | a:x", "not-a-number features")]
    [InlineData("1:1:1 | a:", "not-a-number features")]
    [InlineData("1:1:1 | a:1e39", "not-finite features")]
    [InlineData("1:1:1 |n:1e30 a:1e30", "not-finite features")]
    [InlineData("shared |n:x a\n1:1:1 | b", "not-a-number context")]
    [InlineData("a\u0001| b\n1:1:1 | a", "bad-id actions")]
    public void A_paragraph_is_a_decision_or_its_mistake_is_named(string record, string expected) => Assert.Equal(expected, _text.Of(_paragraphs, record));

    [Theory]
    [InlineData("2:-1:0.25 |n a | b:2", "Decision 1 at 5 for 2 #1 p 0.25 n^a b:2 | 1 | 2 | 3")]
    [InlineData("3:1:0.25 'tag | a", "Decision -1 at 5 for 3 #2 p 0.25 a | 1 | 2 | 3")]
    [InlineData("| a", "Query NaN at 5 a | 1 | 2 | 3")]
    [InlineData("0:1:0.25 | a", "action-not-in-set chosen")]
    [InlineData("4:1:0.25 | a", "action-not-in-set chosen")]
    [InlineData("shared | a", "malformed shared")]
    [InlineData("2:1:0.25 | a:x", "not-a-number context")]
    public void Where_the_number_of_actions_is_given_a_line_is_a_decision(string record, string expected) => Assert.Equal(expected, _text.Of(new VwFormat(3), record));

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_and_lines_and_features_limited()
    {
        Assert.Equal("invalid-utf8", _text.Of(_paragraphs, [(byte)'|', 0xFF]));
        string lines = string.Concat(Enumerable.Repeat("|\n", 9_999));
        Assert.StartsWith("Decision", _text.Of(_paragraphs, lines + "1:1:1 |"));
        Assert.Equal("too-complex actions", _text.Of(_paragraphs, lines + "|\n1:1:1 |"));
        string features = "1:1:1 |" + string.Concat(Enumerable.Repeat(" a", 65_536));
        Assert.StartsWith("Decision", _text.Of(_paragraphs, features));
        Assert.Equal("too-complex features", _text.Of(_paragraphs, features + " a"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_log_of_paragraphs_goes_on_from_any_position(bool compressed)
    {
        StringBuilder log = new("\n\r\n");
        for (int i = 0; i < 40; i++)
        {
            string end = i % 3 == 0 ? "\r\n" : "\n", empty = string.Concat(Enumerable.Repeat(end, 1 + (i % 4)));
            log.Append($"shared | hour:{i}{end}1:{i}:0.5 | a{(i % 7 == 3 ? ":x" : "")}{end}{(i % 11 == 5 ? new string('x', 1200) : "| b")}{end}{empty}");
        }

        log.Append("| c\n3:1:1 | d");
        string path = compressed ? _folder.WriteGzip("log.vw.gz", log.ToString()) : _folder.Write("log.vw", log.ToString());
        SourceOptions options = new() { Paths = [path], Order = LogOrder.File, MaxBadRatio = 1, MaxLineBytes = 1024 };
        Reading whole = await Reading.Of(options, batchSize: 3, cutEvery: 5);
        Assert.Equal(41, whole.Last.Records);
        Assert.Equal(9, whole.Rejections.Count);
        Assert.StartsWith("3 line 18 not-a-number features 35 shared | hour:3\r\n", whole.Rejections[0]);
        Assert.Contains(whole.Rejections, r => r.StartsWith("5 line 29 line-too-long  12", StringComparison.Ordinal));
        for (int i = 0; i < whole.Positions.Count; i++)
        {
            Reading rest = await Reading.Of(options, batchSize: 3, cutEvery: 5, from: whole.Positions[i]);
            Assert.Equal(whole.Events.Skip(whole.Sums[i].Events), rest.Events);
            Assert.Equal(whole.Rejections.Skip(whole.Sums[i].Rejections), rest.Rejections);
        }
    }

    public void Dispose()
    {
        _text.Dispose();
        _folder.Dispose();
    }
}
