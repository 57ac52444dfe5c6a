using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Tests.Formats;

public sealed class DsjsonFormatTests : IDisposable
{
    private const string Multi = "\"c\":{\"_multi\":[{\"_tag\":\"a\"},{\"_tag\":\"b\"}]}";

    private readonly DecisionText _text = new(
        "f", "g=x", "User^age", "User^id=u7", "Geo^city=Rome", "Geo^new=true", "j^type=hot", "j^hot", "Tags^pop", "Tags^big=false", "v[0]", "v[2]", "Deep^v[1]", "w=one", "w=two", "i^id=b",
        "a\"b=\n", "i^id=c");

    private readonly DsjsonFormat _dsjson = new();

    [Theory]
    [InlineData(
        """{"_label_cost":-1.5,"_label_probability":0.25,"_label_Action":2,"_labelIndex":1,"Timestamp":"2021-02-04T16:31:29.2460000Z","Version":"1","a":[2,1],"c":{"f":2,"g":"x","_no":3,"User":{"age":7,"id":"u7","_id":9},"Geo":{"city":"Rome","new":true,"zip":null},"_multi":[{"_tag":"p","i":{"id":"b"}},{"_tag":"q","j":[{"type":"hot"},{"hot":3},{"Tags":{"pop":0.5,"big":false}}]}]},"p":[0.5,0.5],"VWState":{"m":"x"}}""",
        "Decision 1.5 at 1612456289246000 for q #1 p 0.25 f:2 g=x User^age:7 User^id=u7 Geo^city=Rome Geo^new=true | p i^id=b | q j^type=hot j^hot:3 Tags^pop:0.5 Tags^big=false")]
    [InlineData(
        """{"c":{"_multi":[{"v":[4,[9],6],"w":["one","two",null]},{"Deep":{"x":{"_y":1},"v":["?",8]}}],"f":1},"_label_Action":2,"_label_probability":1,"_label_cost":-0.0}""",
        "Decision 0 at 5 for 1 #1 p 1 f | 0 v[0]:4 v[2]:6 w=one w=two | 1 ? Deep^v[1]:8")]
    [InlineData("""{"_label_cost":1,"_label_probability":1,"_labelIndex":0,"c":{"_multi":[{"i":{"id":"b"}},{"i":{"id":"c"}}]}}""", "Decision -1 at 5 for b #0 p 1 | b i^id=b | c i^id=c")]
    [InlineData("""{"_label_cost":1,"_label_probability":1,"_labelIndex":0,"c":{"_multi":[{"i":{"id":"b"}},{"_tag":"b"},{}]}}""", "Decision -1 at 5 for 0 #0 p 1 | 0 i^id=b | 1 | 2")]
    [InlineData("""{"_label_cost":1,"_label_probability":1,"_labelIndex":2,"c":{"_multi":[{"_tag":"","id":7},{"x":{"id":{}}},{"_tag":null}]}}""", "Decision -1 at 5 for 2 #2 p 1 | 7 ?:7 | 1 | 2")]
    [InlineData("""{"_label_cost":1,"_label_probability":1,"_labelIndex":0,"pdrop":0.75,"c":{"a\"b":"\n","_multi":[{}]}}""", "Decision -1 at 5 for 0 #0 p 1 w 4 a\"b=\n | 0")]
    [InlineData("""{"_label_cost":1,"_label_probability":1,"_label_Action":1,"_labelIndex":1,"other":{"_multi":[]},"c":{"_multi":[{},{}]}}""", "Decision -1 at 5 for 1 #1 p 1 | 0 | 1")]
    [InlineData("""{"_label_cost":1,"_label_probability":7,"_labelIndex":9,"_skipLearn":true,"c":{"f":1,"_multi":[{"f":1}]}}""", "nothing")]
    [InlineData("""{"_label_cost":1,"_label_probability":1,"_labelIndex":0,"_skipLearn":false,"c":{"_multi":[{}]}}""", "Decision -1 at 5 for 0 #0 p 1 | 0")]
    public void A_record_is_a_decision(string record, string expected) => Assert.Equal(expected, _text.Of(_dsjson, record));

    [Fact]
    public void Rewards_come_late_by_the_event_id()
    {
        string waiting = $"Decision NaN at 5 of {DecisionText.Id("e1")} for b #1 p 0.75 | a | b";
        Assert.Equal(waiting, _text.Of(_dsjson, $$"""{"EventId":"e1","a":[2,1],"p":[0.75,0.25],{{Multi}}}"""));
        Assert.Equal(waiting, _text.Of(_dsjson, $$"""{"event_id":"e1","_label_Action":2,"_label_probability":0.75,{{Multi}}}"""));
        string outcome = $"Outcome 1.5 at 1537580918423000 of {DecisionText.Id("e1")}";
        Assert.Equal(outcome, _text.Of(_dsjson, """{"RewardValue":1.5,"EnqueuedTimeUtc":"2018-09-22T01:48:38.423Z","EventId":"e1","Observations":[{"v":1.0,"EventId":"e1","ActionId":null}]}"""));
        Assert.Equal($"Outcome 0 at 5 of {DecisionText.Id("e1")}", _text.Of(new JsonlFormat(), """{"reward":0,"decision":"e1"}"""));
    }

    [Theory]
    [InlineData("\"_label_cost\":1,\"_labelIndex\":0", "propensity-missing propensity")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":null,\"_label_Action\":1,\"p\":[1]", "propensity-missing propensity")]
    [InlineData("\"_label_cost\":1,\"a\":[1]", "propensity-missing propensity")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0,\"_labelIndex\":0", "propensity-zero propensity")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":-1,\"_labelIndex\":0", "propensity-negative propensity")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":1.5,\"_labelIndex\":0", "propensity-above-one propensity")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_labelIndex\":2", "action-not-in-set chosen")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_label_Action\":0", "action-not-in-set chosen")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"a\":[3]", "action-not-in-set chosen")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"a\":[]", "missing-field chosen")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5", "missing-field chosen")]
    [InlineData("\"_label_cost\":1e999,\"_label_probability\":0.5,\"_labelIndex\":0", "not-finite reward")]
    [InlineData("\"_label_probability\":0.5,\"_labelIndex\":0", "missing-field reward")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_labelIndex\":0,\"pdrop\":1", "out-of-range pdrop")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_labelIndex\":0,\"pdrop\":-0.5", "out-of-range pdrop")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_labelIndex\":0,\"pdrop\":\"x\"", "not-a-number pdrop")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_labelIndex\":0,\"Timestamp\":\"soon\"", "bad-time ts")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_labelIndex\":0,\"EventId\":1.5", "bad-id decision")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_labelIndex\":0,\"_labelIndex\":0", "duplicate-key chosen")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_labelIndex\":0,\"_outcomes\":[]", "malformed _outcomes")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_labelIndex\":0,\"_slots\":[]", "malformed _slots")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_labelIndex\":0,\"c\":{}", "duplicate-key c")]
    [InlineData("\"_label_cost\":1,\"_label_probability\":0.5,\"_labelIndex\":0]", "malformed")]
    public void A_bad_decision_is_named(string rest, string expected) => Assert.Equal(expected, _text.Of(_dsjson, $"{{{Multi},{rest}}}"));

    [Theory]
    [InlineData("null", "missing-field c")]
    [InlineData("[]", "malformed c")]
    [InlineData("{}", "empty-action-set _multi")]
    [InlineData("{\"_multi\":[]}", "empty-action-set _multi")]
    [InlineData("{\"_multi\":{}}", "malformed _multi")]
    [InlineData("{\"_multi\":[1]}", "malformed _multi")]
    [InlineData("{\"_multi\":[{}],\"_multi\":[{}]}", "duplicate-key _multi")]
    [InlineData("{\"_multi\":[{\"_tag\":\"a\",\"_tag\":\"b\"}]}", "duplicate-key _multi")]
    [InlineData("{\"_multi\":[{\"_tag\":[]}]}", "bad-id actions")]
    [InlineData("{\"_multi\":[{}],\"_slots\":[{}]}", "malformed _slots")]
    [InlineData("{\"_multi\":[{\"f\":1e999}]}", "not-finite features")]
    [InlineData("{\"n\":{\"f\":1e39},\"_multi\":[{}]}", "not-finite context")]
    [InlineData("{\"n\":\"\\ud800\",\"_multi\":[{}]}", "invalid-utf8")]
    [InlineData("{\"_multi\":[{\"id\":\"\\udc00\"}]}", "invalid-utf8")]
    public void A_bad_body_is_named(string body, string expected) =>
        Assert.Equal(expected, _text.Of(_dsjson, $$"""{"_label_cost":1,"_label_probability":0.5,"_labelIndex":0,"c":{{body}}}"""));

    [Theory]
    [InlineData("""{"RewardValue":1}""", "missing-field decision")]
    [InlineData("""{"RewardValue":"1","EventId":"e"}""", "not-a-number reward")]
    [InlineData("""{"RewardValue":1e999,"EventId":"e"}""", "not-finite reward")]
    [InlineData("""{"RewardValue":1,"EventId":"e","EnqueuedTimeUtc":7.5e99}""", "time-out-of-range ts")]
    [InlineData("[CHECKPOINT INFO LINE]", "malformed")]
    public void A_bad_line_is_named(string record, string expected) => Assert.Equal(expected, _text.Of(_dsjson, record));

    [Fact]
    public void Nesting_actions_and_features_are_limited()
    {
        string Record(string multi) => """{"_label_cost":1,"_label_probability":0.5,"_labelIndex":0,"c":{"_multi":[""" + multi + "]}}";
        string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"n\":", depth)) + "1" + new string('}', depth);
        Assert.StartsWith("Decision", _text.Of(_dsjson, Record(Nested(29))));
        Assert.Equal("too-complex", _text.Of(_dsjson, Record(Nested(30))));
        Assert.StartsWith("Decision", _text.Of(_dsjson, Record(string.Join(',', Enumerable.Repeat("{}", 10_000)))));
        Assert.Equal("too-complex _multi", _text.Of(_dsjson, Record(string.Join(',', Enumerable.Repeat("{}", 10_001)))));
        Assert.StartsWith("Decision", _text.Of(_dsjson, Record($$"""{"v":[{{string.Join(',', Enumerable.Repeat("1", 65_536))}}]}""")));
        Assert.Equal("too-complex features", _text.Of(_dsjson, Record($$"""{"v":[{{string.Join(',', Enumerable.Repeat("1", 65_537))}}]}""")));
    }

    public void Dispose() => _text.Dispose();
}
