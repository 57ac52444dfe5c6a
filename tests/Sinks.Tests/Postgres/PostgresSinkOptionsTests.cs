using Streaming.Sinks.Postgres;
using Xunit;

namespace Streaming.Sinks.Tests.Postgres;

public sealed class PostgresSinkOptionsTests
{
    [Theory]
    [InlineData("Host=db;Database=metrics;Username=streaming;SSL Mode=VerifyFull", "streaming", null)]
    [InlineData("Host=db;Password=canary", "streaming", "Connection")]
    [InlineData("Host=db;Pwd=canary", "streaming", "Connection")]
    [InlineData("Host=db;Port=canary", "streaming", "Connection")]
    [InlineData("Host=db;Pasword=canary", "streaming", "Connection")]
    [InlineData("canary", "streaming", "Connection")]
    [InlineData("Database=canary", "streaming", "Connection")]
    [InlineData("Host=db", "a schema's \"name\"", null)]
    [InlineData("Host=db", "0123456789012345678901234567890123456789012345678901234567890123", "Schema")]
    public void A_mistake_is_told_without_quoting_the_connection(string connection, string schema, string? mistake)
    {
        (string Option, string Message)[] mistakes = [.. new PostgresSinkOptions { Connection = connection, Schema = schema }.Validate()];
        Assert.Equal(mistake is null ? [] : [mistake], mistakes.Select(m => m.Option));
        Assert.All(mistakes, m => Assert.DoesNotContain("canary", m.Message, StringComparison.Ordinal));
    }
}
