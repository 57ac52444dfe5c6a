using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Tests.Formats;

public sealed class JsonlDecisionTests : IDisposable
{
    private const string Two = "\"actions\":[{\"id\":\"a\",\"x\":[1]},{\"id\":\"b\",\"x\":[2]}]";

    private readonly DecisionText _text = new("hour", "device=phone", "new=true", "position=2", "f", "f=red", "g");
    private readonly JsonlFormat _jsonl = new();

    [Theory]
    [InlineData(
        """{"ts":1,"user":"u","context":{"hour":13,"device":"phone","new":true,"no":null,"deep":{"f":1}},"actions":[{"id":"a","x":[0.5,0]},{"id":"b","features":{"f":2,"g":"?"}}],"chosen":"b","propensity":0.25,"reward":1.5}""",
        "Decision 1.5 at 1000000 by u for b #1 p 0.25 hour:13 device=phone new=true | a @0:0.5 @1:0 | b f:2 ?")]
    [InlineData(
        """{"reward":1.5,"propensity":0.25,"chosen":"b","actions":[{"x":[0.5,0],"id":"a"},{"features":{"f":2,"g":"?"},"id":"b"}],"context":{"hour":13,"device":"phone","new":true},"user":"u","ts":1}""",
        "Decision 1.5 at 1000000 by u for b #1 p 0.25 hour:13 device=phone new=true | a @0:0.5 @1:0 | b f:2 ?")]
    [InlineData("""{"context":{"hour":1},"actions":["x",7],"chosen":1,"propensity":1,"reward":0,"position":2}""", "Decision 0 at 5 for 7 #1 p 1 hour position=2 | x | 7")]
    [InlineData("""{"position":"2","actions":["x"],"chosen":0,"propensity":1,"reward":0,"context":{"hour":1}}""", "Decision 0 at 5 for x #0 p 1 hour position=2 | x")]
    [InlineData("""{"actions":[{},{"x":[3],"features":{"f":"red"}}],"chosen":"1","propensity":1,"reward":-2}""", "Decision -2 at 5 for 1 #1 p 1 | 0 | 1 @0:3 f=red")]
    [InlineData("""{"actions":[{},{}],"chosen":1.0,"propensity":0.5,"reward":2,"weight":0.25,"item":[],"value":"x","id":{}}""", "Decision 2 at 5 for 1 #1 p 0.5 w 0.25 | 0 | 1")]
    [InlineData("""{"actions":[{},{}],"chosen":1,"propensity":0.5,"rewards":[0.25,0.75],"expected":[0.5,1]}""", "Decision 0.75 at 5 for 1 #1 p 0.5 | 0 | 1 rewards 0.25,0.75 expected 0.5,1")]
    [InlineData("""{"rewards":[1,2],"reward":3,"actions":[{},{}],"chosen":1,"propensity":0.5}""", "Decision 3 at 5 for 1 #1 p 0.5 | 0 | 1 rewards 1,2")]
    [InlineData("""{"\u0061ctions":[{"\u0069d":"\u0061\"","features":{"\u0066":2}}],"chosen":"a\"","propensity":5e-1,"reward":1}""", "Decision 1 at 5 for a\" #0 p 0.5 | a\" f:2")]
    [InlineData("""{"actions":[{"id":null,"x":null,"other":{"id":[1]}}],"chosen":0,"propensity":1,"reward":1,"user":null,"context":null,"ts":null}""", "Decision 1 at 5 for 0 #0 p 1 | 0")]
    public void A_record_with_actions_is_a_decision(string record, string expected) => Assert.Equal(expected, _text.Of(_jsonl, record));

    [Fact]
    public void A_decision_without_reward_waits_under_its_id()
    {
        Assert.Equal($"Decision NaN at 5 of {DecisionText.Id("d1")} for a #0 p 0.5 | a @0:1 | b @0:2", _text.Of(_jsonl, $$"""{"decision":"d1",{{Two}},"chosen":"a","propensity":0.5}"""));
        Assert.Equal($"Outcome 2 at 3000000 of {DecisionText.Id("d1")}", _text.Of(_jsonl, """{"ts":3,"decision":"d1","reward":2}"""));
        Assert.Equal($"Outcome 2 at 5 of {DecisionText.Id("71")} id {DecisionText.Id("r")}", _text.Of(_jsonl, """{"reward":2,"id":"r","decision":71,"actions":null}"""));
    }

    [Theory]
    [InlineData("""{"decision":"d","reward":1e999}""", "not-finite reward")]
    [InlineData("""{"decision":"d","reward":"1"}""", "not-a-number reward")]
    [InlineData("""{"decision":"","reward":1}""", "missing-field decision")]
    [InlineData("""{"decision":1.5,"reward":1}""", "bad-id decision")]
    [InlineData("""{"decision":"a\u0007","reward":1}""", "bad-id decision")]
    [InlineData("""{"decision":"d","reward":1,"id":[]}""", "bad-id id")]
    [InlineData("""{"decision":"d","reward":1,"reward":1}""", "duplicate-key reward")]
    [InlineData("""{"decision":"d","reward":1,"ts":"soon"}""", "bad-time ts")]
    [InlineData("""{"decision":"d","reward":null}""", "missing-field user")]
    public void A_bad_late_reward_is_named(string record, string expected) => Assert.Equal(expected, _text.Of(_jsonl, record));

    [Theory]
    [InlineData("""{"user":"u","item":"i","decision":"d","reward":1,"id":1,"id":2,"weight":"x"}""")]
    [InlineData("""{"user":"u","item":"i","rewards":7,"chosen":[],"kind":"purchase","kind":"view"}""")]
    public void An_interaction_ignores_the_keys_of_decisions(string record) => Assert.Equal("Interaction NaN at 5 by u for i", _text.Of(_jsonl, record));

    [Theory]
    [InlineData("\"chosen\":0,\"reward\":1", "propensity-missing propensity")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":null", "propensity-missing propensity")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0", "propensity-zero propensity")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":1e-60", "propensity-zero propensity")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":-0.1", "propensity-negative propensity")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":1.5", "propensity-above-one propensity")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":1.00000000001", "propensity-above-one propensity")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":1e999", "not-finite propensity")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":\"0.5\"", "not-a-number propensity")]
    [InlineData("\"chosen\":0,\"reward\":1e999,\"propensity\":0.5", "not-finite reward")]
    [InlineData("\"chosen\":0,\"reward\":true,\"propensity\":0.5", "not-a-number reward")]
    [InlineData("\"chosen\":0,\"propensity\":0.5", "missing-field reward")]
    [InlineData("\"reward\":1,\"propensity\":0.5", "missing-field chosen")]
    [InlineData("\"chosen\":\"zz\",\"reward\":1,\"propensity\":0.5", "action-not-in-set chosen")]
    [InlineData("\"chosen\":2,\"reward\":1,\"propensity\":0.5", "action-not-in-set chosen")]
    [InlineData("\"chosen\":-1,\"reward\":1,\"propensity\":0.5", "action-not-in-set chosen")]
    [InlineData("\"chosen\":0.5,\"reward\":1,\"propensity\":0.5", "action-not-in-set chosen")]
    [InlineData("\"chosen\":true,\"reward\":1,\"propensity\":0.5", "malformed chosen")]
    [InlineData("\"chosen\":0,\"rewards\":[1],\"propensity\":0.5", "wrong-length rewards")]
    [InlineData("\"chosen\":0,\"rewards\":[1,2,3],\"propensity\":0.5", "wrong-length rewards")]
    [InlineData("\"chosen\":0,\"rewards\":[],\"propensity\":0.5", "wrong-length rewards")]
    [InlineData("\"chosen\":0,\"rewards\":[1,1e999],\"propensity\":0.5", "not-finite rewards")]
    [InlineData("\"chosen\":0,\"rewards\":[1,null],\"propensity\":0.5", "not-a-number rewards")]
    [InlineData("\"chosen\":0,\"rewards\":1,\"propensity\":0.5", "malformed rewards")]
    [InlineData("\"chosen\":0,\"reward\":1,\"expected\":[1],\"propensity\":0.5", "wrong-length expected")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"weight\":-1", "out-of-range weight")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"weight\":1e39", "not-finite weight")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"position\":[1]", "bad-id position")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"user\":\"\"", "missing-field user")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"decision\":{}", "bad-id decision")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"ts\":-1", "time-out-of-range ts")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"reward\":1", "duplicate-key reward")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"chosen\":null", "duplicate-key chosen")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"actions\":[]", "duplicate-key actions")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"context\":{\"f\":1,\"f\":2}", "duplicate-key context")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"context\":{},\"context\":{}", "duplicate-key context")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,\"context\":{\"f\":1e39}", "not-finite context")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":0.5,", "malformed")]
    [InlineData("\"chosen\":0,\"reward\":1,\"propensity\":00.5", "malformed")]
    public void A_bad_decision_is_named(string rest, string expected) => Assert.Equal(expected, _text.Of(_jsonl, $"{{{Two},{rest}}}"));

    [Theory]
    [InlineData("[]", "empty-action-set actions")]
    [InlineData("{}", "malformed actions")]
    [InlineData("[\"a\",\"a\"]", "duplicate-action actions")]
    [InlineData("[{\"id\":\"1\"},{}]", "duplicate-action actions")]
    [InlineData("[1,\"1\"]", "duplicate-action actions")]
    [InlineData("[{\"id\":\"a\",\"id\":\"b\"}]", "duplicate-key actions")]
    [InlineData("[{\"x\":[1],\"x\":[1]}]", "duplicate-key actions")]
    [InlineData("[{\"features\":{\"f\":1,\"\\u0066\":1}}]", "duplicate-key features")]
    [InlineData("[{\"features\":{\"f\":1e999}}]", "not-finite features")]
    [InlineData("[{\"features\":[1]}]", "malformed features")]
    [InlineData("[{\"x\":[1e39]}]", "not-finite x")]
    [InlineData("[{\"x\":[null]}]", "not-a-number x")]
    [InlineData("[{\"x\":{}}]", "malformed x")]
    [InlineData("[{\"id\":1.5}]", "bad-id actions")]
    [InlineData("[{\"id\":\"\"}]", "missing-field actions")]
    [InlineData("[null]", "bad-id actions")]
    [InlineData("[[]]", "bad-id actions")]
    [InlineData("[\"\\ud800\"]", "invalid-utf8")]
    public void A_bad_action_is_named(string actions, string expected) =>
        Assert.Equal(expected, _text.Of(_jsonl, $$"""{"actions":{{actions}},"chosen":0,"propensity":0.5,"reward":1}"""));

    [Theory]
    [InlineData(10_000, 0, true)]
    [InlineData(10_001, 0, false)]
    [InlineData(2, 32_768, true)]
    [InlineData(2, 32_769, false)]
    public void Actions_and_features_are_limited(int actions, int features, bool taken)
    {
        string vector = string.Join(',', Enumerable.Repeat("1", features)), named = string.Join(',', Enumerable.Range(0, features).Select(i => $"\"n{i}\":1"));
        string list = string.Join(',', Enumerable.Range(0, actions).Select(i => i % 2 == 0 ? $$"""{"x":[{{vector}}]}""" : $$$"""{"features":{{{{named}}}}}"""));
        string result = _text.Of(_jsonl, $$"""{"actions":[{{list}}],"chosen":0,"propensity":0.5,"reward":1}""");
        Assert.StartsWith(taken ? "Decision" : features == 0 ? "too-complex actions" : "too-complex features", result);
    }

    [Fact]
    public void Decoding_decisions_allocates_nothing()
    {
        byte[] record = Encoding.UTF8.GetBytes($$"""{"decision":"d1","user":"someone \u00e9",{{Two}},"context":{"hour":0.12345678901234567},"chosen":"a","propensity":0.5,"rewards":[1,2]}""");
        using BatchPool pool = new(1, 2000, 0, 0);
        EventBatch batch = pool.Rent(TestContext.Current.CancellationToken).Batch;
        EntityKeyCodec keys = new(1);
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                EventWriter writer = new(batch, keys, 0);
                if (!_jsonl.TryDecode(record, ref writer, out _)) throw new InvalidOperationException();
                writer.Undo();
            }

            if (round == 1) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    public void Dispose() => _text.Dispose();
}
