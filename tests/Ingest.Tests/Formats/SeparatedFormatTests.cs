using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Formats;

public class SeparatedFormatTests
{
    [Theory]
    [InlineData("1,2,3.5,1700000000", "1 2 3.5 1700000000000000")]
    [InlineData("ann,book,3,2023-11-14T22:13:20Z", "ann book 3 1700000000000000")]
    [InlineData("1,2,3", "1 2 3 123456")]
    [InlineData("1,2,3,", "1 2 3 123456")]
    [InlineData("1,2,,4", "missing-field value")]
    [InlineData("1,2", "missing-field value")]
    [InlineData("1", "missing-field item")]
    [InlineData(",2,3,4", "missing-field user")]
    [InlineData("1,2,3,4,5", "extra-field")]
    [InlineData("1,2,3,4,", "extra-field")]
    [InlineData("\"a,b\",2,3,4", "a,b 2 3 4000000")]
    [InlineData("\"a \"\"b\"\"\",\"c\",\"3\",\"4\"", "a \"b\" c 3 4000000")]
    [InlineData("a\"b,2,3,4", "a\"b 2 3 4000000")]
    [InlineData("\"a,2,3,4", "malformed")]
    [InlineData("\"a\"x,2,3,4", "malformed")]
    [InlineData("1,2,3,\"\"", "1 2 3 123456")]
    public void Decodes_the_default_columns(string record, string expected)
    {
        using Decoding decoding = new();
        Assert.Equal(expected, decoding.Decode(new SeparatedFormat("csv"), record));
    }

    [Theory]
    [InlineData("ts,-,item,user", "5,x,i,u", "u i NaN 5000000")]
    [InlineData("user,item", "u,i", "u i NaN 123456")]
    [InlineData("user,value", "u,2", "u  2 123456")]
    [InlineData("value,item,user,hour,device", "2,i,u,13,phone", "u i 2 123456 +2")]
    [InlineData("user,item,hour,device", "u,i,,", "u i NaN 123456")]
    [InlineData("user,item,hour,device", "u,i", "u i NaN 123456")]
    [InlineData("user,item,hour", "u,i,1e999", "not-finite context")]
    [InlineData("user,item,hour", "u,i,1e39", "not-finite context")]
    [InlineData("user,item,hour", "u,i,nan", "not-finite context")]
    [InlineData("hour,user,item", "3,u", "missing-field item")]
    [InlineData("hour,user,item,value", "3,u,i,x", "not-a-number value")]
    public void Decodes_columns_in_any_order(string columns, string record, string expected)
    {
        using Decoding decoding = new();
        Assert.Equal(expected, decoding.Decode(new SeparatedFormat("csv", columns), record));
    }

    [Fact]
    public void A_context_value_is_a_numeric_or_a_categorical_feature()
    {
        using Decoding decoding = new();
        SeparatedFormat csv = new("csv", "user,item,hour,device");
        Feature[] first = decoding.Features(csv, "u,i,13.5,phone"), second = decoding.Features(csv, "u,i,7,tablet");
        Assert.Equal([13.5f, 1f], first.Select(f => f.Value));
        Assert.Equal([7f, 1f], second.Select(f => f.Value));
        Assert.Equal(first[0].Key, second[0].Key);
        Assert.NotEqual(first[1].Key, second[1].Key);
        JsonlFormat jsonl = new();
        Assert.Equal(first, decoding.Features(jsonl, """{"user":"u","item":"i","context":{"hour":13.5,"device":"phone"}}"""));
    }

    [Theory]
    [InlineData(null, "movieId,userId,rating,timestamp", true)]
    [InlineData(null, "user_id,item_id,score", true)]
    [InlineData(null, "user,item", true)]
    [InlineData(null, "1,2,3,4", false)]
    [InlineData(null, "1,2,NaN,4", false)]
    [InlineData(null, "1,2,x,4", false)]
    [InlineData(null, "1,2,3,when", false)]
    [InlineData("user,item,value", "who,what,how", true)]
    [InlineData("user,item", "who,what", false)]
    public void A_header_is_a_row_whose_value_and_time_cannot_be_read(string? columns, string row, bool expected)
    {
        Assert.Equal(expected, new SeparatedFormat("csv", columns).TryReadHeader(Encoding.UTF8.GetBytes(row), out DecodeError error));
        Assert.Equal(RejectionReason.None, error.Reason);
    }

    [Theory]
    [InlineData("u,i,r,t", "user")]
    [InlineData("user,joke,rating", "item")]
    public void A_header_without_user_or_item_is_an_error(string row, string field)
    {
        Assert.True(new SeparatedFormat("csv", header: true).TryReadHeader(Encoding.UTF8.GetBytes(row), out DecodeError error));
        Assert.Equal(new DecodeError(RejectionReason.MissingField, field), error);
    }

    [Fact]
    public void A_header_names_the_columns_unless_the_option_does()
    {
        using Decoding decoding = new();
        SeparatedFormat byHeader = new("csv");
        Assert.True(byHeader.TryReadHeader("time;hour;Movie_Id;USERID;Score;count"u8, out _));
        Assert.Equal("u i 4 9000000 +2", decoding.Decode(byHeader, "9;3;i;u;4;17"));
        SeparatedFormat byOption = new("csv", "user,item,value");
        Assert.True(byOption.TryReadHeader("item,user,rating"u8, out _));
        Assert.Equal("a b 4 123456", decoding.Decode(byOption, "a,b,4"));
    }

    [Theory]
    [InlineData("1,2,3,4", ',')]
    [InlineData("1;2;3,5;4", ';')]
    [InlineData("1\t2\t3\t4", '\t')]
    [InlineData("1|2|3|4", '|')]
    [InlineData("1;2,5\n1;2\n1;2,0\n", ';')]
    public void The_separator_is_the_one_that_cuts_the_lines_alike(string sample, char expected) =>
        Assert.Equal((byte)expected, Separators.Guess(Encoding.UTF8.GetBytes(sample)));

    [Theory]
    [InlineData("user,item,user", "twice")]
    [InlineData("user,,item", "empty name")]
    [InlineData("value,ts", "neither")]
    public void A_list_of_columns_says_what_is_wrong_with_it(string columns, string expected) => Assert.Contains(expected, ColumnMap.Mistake(columns));
}
