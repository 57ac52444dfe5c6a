using System.Text;
using Streaming.Abstractions.Keys;
using Streaming.Ingest.Privacy;
using Xunit;

namespace Streaming.Ingest.Tests.Privacy;

public class ForgottenListTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        ForgottenUser[] users = [new("x \"y\" \u65e5", 0, 1_700_000_000_123_456), new(null, 0x0123456789abcdef, 0)];
        using MemoryStream list = new([.. users.SelectMany(ForgottenList.Line)]);
        Assert.Equal(users, ForgottenList.Read(list));
    }

    [Theory]
    [InlineData("{\"user\":\"x\",\"until\":1700000000}", "x", 1_700_000_000_000_000L)]
    [InlineData("\n{\"user\":7,\"until\":\"2023-11-14T22:13:20Z\"}\n\n", "7", 1_700_000_000_000_000L)]
    public void Times_are_read_as_records_have_them_and_numbers_are_ids(string text, string user, long until)
    {
        using MemoryStream list = new(Encoding.UTF8.GetBytes(text));
        Assert.Equal([new ForgottenUser(user, 0, until)], ForgottenList.Read(list));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("[]")]
    [InlineData("{\"user\":\"alice\"}")]
    [InlineData("{\"until\":1700000000}")]
    [InlineData("{\"user\":\"alice\",\"key\":\"0123456789abcdef\",\"until\":1}")]
    [InlineData("{\"user\":\"alice\",\"user\":\"alice\",\"until\":1}")]
    [InlineData("{\"key\":\"0000000000000000\",\"until\":1}")]
    [InlineData("{\"key\":\"alice\",\"until\":1}")]
    [InlineData("{\"user\":\"alice\",\"until\":\"then\"}")]
    [InlineData("{\"user\":\"alice\",\"until\":1,\"why\":\"\"}")]
    public void A_line_that_is_none_is_named_by_its_number_alone(string line)
    {
        using MemoryStream list = new(Encoding.UTF8.GetBytes("{\"user\":\"x\",\"until\":1}\n" + line));
        FormatException e = Assert.Throws<FormatException>(() => ForgottenList.Read(list));
        Assert.StartsWith("line 2 ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_times_the_last_counts_and_control_records_always_pass()
    {
        EntityKeyCodec keys = new(1);
        ForgottenUsers users = new([new("somebody-long", 0, 100), new("somebody-long", 0, 300), new("somebody-long", 0, 200)], keys);
        Abstractions.Events.Event e = new() { Kind = Abstractions.Events.EventKind.Decision, User = keys.KeyOf("somebody-long"), Time = 300 };
        Assert.True(users.Has(e));
        Assert.False(users.Has(e with { Time = 301 }));
        Assert.False(users.Has(e with { User = keys.KeyOf("another-long") }));
        Assert.False(users.Has(e with { Kind = Abstractions.Events.EventKind.Control }));
    }
}
