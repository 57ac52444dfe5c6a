using System.Text;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Formats;

public class FormatDetectorTests
{
    [Theory]
    [InlineData("1::2::3::4\n5::6::7::8\n", "movielens")]
    [InlineData("196\t242\t3\t881250949\n186\t302\t3\t891717742\n", "movielens")]
    [InlineData("userId,movieId,rating,timestamp\n1,1,4.0,964982703\n", "movielens")]
    [InlineData("\uFEFFuserId,movieId,rating,timestamp\r\n1,1,4.0,964982703\r\n", "movielens")]
    [InlineData("1,2,3,4\n5,6,7,8\n", "csv")]
    [InlineData("user,item\n1,2\n", "csv")]
    [InlineData("1;2;3;4\n", "csv")]
    [InlineData("user\titem\trating\n1\t2\t3\n", "tsv")]
    [InlineData("{\"user\":1,\"item\":2}\n{\"user\":1,\"item\":2}\n", "jsonl")]
    [InlineData("\n\n  {\"user\":1,\"item\":2}", "jsonl")]
    [InlineData("", "csv")]
    [InlineData("1::2::3::4\nrubbish\n5::6::7::8\n", "movielens")]
    [InlineData(",timestamp,item_id,position,click,propensity_score,user_feature_0,user-item_affinity_0\n0,2019-11-24 00:00:00+00:00,0,1,0,0.5,x,0.0\n", "obd")]
    [InlineData("user-item_affinity_1,action_prob,click,ITEM_ID,user-item_affinity_0\n", "obd")]
    [InlineData("{\"_label_cost\":-1,\"c\":{}}\n[CHECKPOINT]\n{\"_label_cost\":0,\"c\":{}}\n", "dsjson")]
    [InlineData("{\"EventId\":\"e\",\"a\":[1],\"c\":{\"_multi\":[{}]}}\n", "dsjson")]
    [InlineData("{\"RewardValue\":1,\"EventId\":\"e\"}\n", "dsjson")]
    [InlineData("{\"RewardValue\":1,\"user\":\"e\",\"item\":2}\n", "jsonl")]
    [InlineData("{\"actions\":[1,2],\"chosen\":0,\"propensity\":1,\"reward\":1}\n{\"decision\":1,\"reward\":1}\n", "jsonl")]
    [InlineData("shared | s_1 s_2\n0:1.0:0.5 | a_1 b_1\n | a_2\n\n | b_1\n0:0:0.5 | b_2\n", "vw")]
    [InlineData("| a:1\r\n1:-2:0.25 tag| b c:3 |n d\r\n\r\n", "vw")]
    [InlineData("{\"user\":\"a::1\",\"item\":\"b::2\"}\n{\"user\":\"a::1\",\"item\":\"b::2\"}\n", "jsonl")]
    [InlineData("1:0:0.5 |n a::b c::d\n |n e::f g::h\n", "vw")]
    [InlineData("{\"specversion\":\"1.0\",\"data\":{\"_label_cost\":1}}\n", "cloudevents")]
    [InlineData("1|2|3|4\n5|6|7|8\n", "csv")]
    [InlineData("|2|3|4\n|6|7|8\n", "csv")]
    public void Tells_the_format_by_content(string text, string expected)
    {
        Detection detection = FormatDetector.Detect(Encoding.UTF8.GetBytes(text), "log", new SourceOptions());
        Assert.Null(detection.Failure);
        Assert.Equal(expected, detection.Format!.Name);
    }

    [Fact]
    public void Vw_in_lines_is_not_taken_for_paragraphs_but_asked_for_its_actions()
    {
        Detection lines = FormatDetector.Detect("1:0.5:0.5 |a x\n2:1:0.25 |a y\n1:0:0.5 | z\n"u8, "cb.txt", new SourceOptions());
        Assert.Null(lines.Format);
        Assert.StartsWith("cb.txt: ", lines.Failure);
        Assert.Contains("Source:Actions=K", lines.Failure);
        Assert.Null(FormatDetector.Detect("1:0.5:0.5 |a x\n |a y\n\n2:1:0.25 |a y\n | z\n"u8, "adf", new SourceOptions()).Failure);
    }

    [Fact]
    public void Explicit_columns_mean_a_csv()
    {
        using Decoding decoding = new();
        SourceOptions options = new() { Columns = "item,user,ts" };
        Detection detection = FormatDetector.Detect("1;2;3\n"u8, "log", options);
        Assert.Equal("csv", detection.Format!.Name);
        Assert.Equal("2 1 NaN 3000000", decoding.Decode(detection.Format, "1;2;3"));
        Detection single = FormatDetector.Detect("ann\nbob\n"u8, "log", new SourceOptions { Columns = "user" });
        Assert.Equal("ann  NaN 123456", decoding.Decode(single.Format!, "ann"));
    }

    [Fact]
    public void A_number_of_actions_means_vw_in_lines()
    {
        Detection detection = FormatDetector.Detect("1:2:0.5 | a\n"u8, "log", new SourceOptions { Actions = 2 });
        Assert.Equal(("vw", Framing.Line), (detection.Format!.Name, detection.Format.Framing));
    }

    [Theory]
    [InlineData("just some prose\nand more of it\n", "jsonl")]
    [InlineData("user,joke,rating\n1,5,-3.5\n", "Source:Columns")]
    [InlineData("a,b,c,d\n1,2,x,y\n", "no column for user")]
    public void A_log_of_no_known_form_says_what_was_tried(string text, string expected)
    {
        Detection detection = FormatDetector.Detect(Encoding.UTF8.GetBytes(text), "my.log", new SourceOptions());
        Assert.Null(detection.Format);
        Assert.StartsWith("my.log: ", detection.Failure);
        Assert.Contains(expected, detection.Failure);
    }

    [Fact]
    public void Every_format_of_the_catalogue_carries_its_name()
    {
        Assert.All(FormatCatalogue.All, line => Assert.Equal(line.Name, line.Create(new SourceOptions()).Name));
        Assert.All(FormatCatalogue.All, line => Assert.Same(line, FormatCatalogue.Find(line.Name)));
        Assert.Null(FormatCatalogue.Find("parquet"));
    }
}
