using System.Text;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Formats;

public class MovieLensFormatTests
{
    [Theory]
    [InlineData("196\t242\t3\t881250949", "196 242 3 881250949000000")]
    [InlineData("1::1193::5::978300760", "1 1193 5 978300760000000")]
    [InlineData("1,1,4.0,964982703", "1 1 4 964982703000000")]
    [InlineData("2::0104257::8::1364690142", "2 0104257 8 1364690142000000")]
    [InlineData("a:b::c::1.5::7", "a:b c 1.5 7000000")]
    [InlineData("1,2,3", "1 2 3 123456")]
    [InlineData("1::2::3::", "1 2 3 123456")]
    [InlineData("1,2", "missing-field value")]
    [InlineData("1::2::", "missing-field value")]
    [InlineData("1::2", "missing-field value")]
    [InlineData("1", "missing-field item")]
    [InlineData("1::", "missing-field item")]
    [InlineData(",2,3,4", "missing-field user")]
    [InlineData("1,2,3,4,5", "extra-field")]
    [InlineData("1,2,x,4", "not-a-number value")]
    [InlineData("1,2,NaN,4", "not-finite value")]
    [InlineData("1,2,1e999,4", "not-finite value")]
    [InlineData("1,2,3,notatime", "bad-time ts")]
    [InlineData("1,2,3,-4", "time-out-of-range ts")]
    [InlineData("1,a\u0001,3,4", "bad-id item")]
    public void Decodes_all_three_shapes_and_names_what_is_wrong(string record, string expected)
    {
        using Decoding decoding = new();
        Assert.Equal(expected, decoding.Decode(new MovieLensFormat(), record));
    }

    [Fact]
    public void An_id_that_is_not_utf8_is_refused()
    {
        using Decoding decoding = new();
        Assert.Equal("invalid-utf8 item", decoding.Decode(new MovieLensFormat(), [(byte)'1', (byte)',', 0xFF, 0xFE, (byte)',', (byte)'3', (byte)',', (byte)'4']));
    }

    [Theory]
    [InlineData(null, "userId,movieId,rating,timestamp", true)]
    [InlineData(null, "USERID,MOVIEID,RATING,TIMESTAMP", true)]
    [InlineData(null, "1,1,4.0,964982703", false)]
    [InlineData(null, "user,item,value,ts", false)]
    [InlineData(true, "user,item,value,ts", true)]
    [InlineData(false, "userId,movieId,rating,timestamp", false)]
    public void The_first_row_is_a_header_if_it_is_movielens_own_or_the_option_says_so(bool? option, string row, bool expected)
    {
        Assert.Equal(expected, new MovieLensFormat(option).TryReadHeader(Encoding.UTF8.GetBytes(row), out DecodeError error));
        Assert.Equal(RejectionReason.None, error.Reason);
    }
}
