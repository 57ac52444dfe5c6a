using System.Text;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Tests.Formats;

public sealed class ObdFormatTests : IDisposable
{
    private const string Header =
        ",timestamp,item_id,position,click,propensity_score,user_feature_0,user_feature_1,user-item_affinity_0,user-item_affinity_1,user-item_affinity_2";

    private readonly DecisionText _text = new("position=1", "position=3", "user_feature_0=aa", "user_feature_1=bb", "user_feature_1=5", "affinity");

    [Theory]
    [InlineData(
        "0,2019-11-24 00:01:03.979311+00:00,2,3,1,0.045525,aa,bb,0.0,1.5,0.0",
        "Decision 1 at 1574553663979311 for 2 #2 p 0.045525 position=3 user_feature_0=aa user_feature_1=bb | 0 | 1 affinity:1.5 | 2")]
    [InlineData("7,,0,,0,1,,5,2,0,-1", "Decision 0 at 5 for 0 #0 p 1 user_feature_1=5 | 0 affinity:2 | 1 | 2 affinity:-1")]
    [InlineData("\"7\",\"1\",\"1.0\",\"1\",\"0\",\"0.5\",\"aa\",\"bb\",\"0\",\"0\",\"0\"", "Decision 0 at 1000000 for 1 #1 p 0.5 position=1 user_feature_0=aa user_feature_1=bb | 0 | 1 | 2")]
    [InlineData("7,1,3,1,0,0.5,aa,bb,0,0,0", "action-not-in-set chosen")]
    [InlineData("7,1,-1,1,0,0.5,aa,bb,0,0,0", "action-not-in-set chosen")]
    [InlineData("7,1,0.5,1,0,0.5,aa,bb,0,0,0", "action-not-in-set chosen")]
    [InlineData("7,1,x,1,0,0.5,aa,bb,0,0,0", "action-not-in-set chosen")]
    [InlineData("7,1,,1,0,0.5,aa,bb,0,0,0", "missing-field chosen")]
    [InlineData("7,1,0,1,0,,aa,bb,0,0,0", "propensity-missing propensity")]
    [InlineData("7,1,0,1,0,0,aa,bb,0,0,0", "propensity-zero propensity")]
    [InlineData("7,1,0,1,0,-0.5,aa,bb,0,0,0", "propensity-negative propensity")]
    [InlineData("7,1,0,1,0,1.01,aa,bb,0,0,0", "propensity-above-one propensity")]
    [InlineData("7,1,0,1,0,nan,aa,bb,0,0,0", "not-finite propensity")]
    [InlineData("7,1,0,1,,0.5,aa,bb,0,0,0", "missing-field reward")]
    [InlineData("7,1,0,1,yes,0.5,aa,bb,0,0,0", "not-a-number reward")]
    [InlineData("7,soon,0,1,0,0.5,aa,bb,0,0,0", "bad-time ts")]
    [InlineData("7,1,0,1,0,0.5,aa,bb,0,0,", "missing-field features")]
    [InlineData("7,1,0,1,0,0.5,aa,bb,0,0,1e39", "not-finite features")]
    [InlineData("7,1,0,1,0,0.5,aa,bb,0,0", "missing-field")]
    [InlineData("7,1,0,1,0,0.5,aa,bb,0,0,0,0", "extra-field")]
    [InlineData("7,1,0,1,0,0.5,\"aa,bb,0,0,0", "malformed")]
    public void A_row_is_a_decision_or_its_mistake_is_named(string row, string expected) => Assert.Equal(expected, _text.Of(Format(Header), row));

    [Fact]
    public void Columns_are_found_by_name_in_any_order()
    {
        ObdFormat format = Format("user-item_affinity_1,Click,action_prob,other,item_id,user-item_affinity_0");
        Assert.Equal("Decision 1 at 5 for 1 #1 p 0.5 | 0 affinity:7 | 1 affinity:4", _text.Of(format, "4,1,0.5,zz,1,7"));
        Assert.Equal("Decision 1 at 5 for 1 #1 p 0.5 | 0 affinity:7 | 1 affinity:4", _text.Of(format, "4,1,0.5,\"z,z\",1,7\r".TrimEnd('\r')));
    }

    [Theory]
    [InlineData("click,propensity_score,user-item_affinity_0", "item_id")]
    [InlineData("item_id,item_id,click,propensity_score,user-item_affinity_0", "item_id")]
    [InlineData("item_id,propensity_score,user-item_affinity_0", "click")]
    [InlineData("item_id,click,user-item_affinity_0", "propensity_score")]
    [InlineData("item_id,click,propensity_score,action_prob,user-item_affinity_0", "propensity_score")]
    [InlineData("item_id,click,propensity_score", "user-item_affinity_0..")]
    [InlineData("item_id,click,propensity_score,user-item_affinity_1", "user-item_affinity_0..")]
    [InlineData("item_id,click,propensity_score,user-item_affinity_0,user-item_affinity_0", "user-item_affinity_0..")]
    [InlineData("item_id,click,propensity_score,user-item_affinity_", "user-item_affinity_0..")]
    [InlineData("0,2019-11-24,2,2,0,0.04", "item_id")]
    public void A_header_without_what_it_takes_is_refused(string header, string field)
    {
        Assert.True(new ObdFormat().TryReadHeader(Encoding.UTF8.GetBytes(header), out DecodeError error));
        Assert.Equal(new DecodeError(RejectionReason.MissingField, field), error);
        Assert.Contains("Open Bandit", FormatDetector.HeaderFailure(Encoding.UTF8.GetBytes(header), error, new SourceOptions()));
    }

    public void Dispose() => _text.Dispose();

    private static ObdFormat Format(string header)
    {
        ObdFormat format = new();
        Assert.True(format.TryReadHeader(Encoding.UTF8.GetBytes(header), out DecodeError error));
        Assert.Equal(RejectionReason.None, error.Reason);
        return format;
    }
}
