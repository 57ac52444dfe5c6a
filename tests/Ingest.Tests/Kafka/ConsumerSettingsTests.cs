using System.Collections.Frozen;
using Streaming.Abstractions.Kafka;
using Streaming.Ingest.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class ConsumerSettingsTests
{
    [Theory]
    [InlineData("enable.auto.commit", "true", "false")]
    [InlineData("enable.auto.offset.store", "true", "false")]
    [InlineData("auto.offset.reset", "earliest", "error")]
    [InlineData("isolation.level", "read_uncommitted", "read_committed")]
    [InlineData("group.protocol", "consumer", "classic")]
    [InlineData("enable.partition.eof", "true", "false")]
    [InlineData("partition.assignment.strategy", "sticky", "cooperative-sticky or range or roundrobin")]
    public void Settings_that_would_break_a_promise_are_refused_with_their_path(string name, string value, string allowed)
    {
        (string Path, string Message) mistake = Assert.Single(KafkaSource.Validate(Member.Options("t"), Member.Settings("localhost:1", "g", (name, value))));
        Assert.Equal($"Kafka:Consumer:{name}", mistake.Path);
        Assert.StartsWith($"found '{value}', allowed is {allowed}", mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cooperative-sticky", 1)]
    [InlineData("roundrobin", 1)]
    [InlineData("range", 0)]
    public void Several_topics_need_the_strategy_that_keeps_equal_numbers_together(string strategy, int mistakes)
    {
        SourceOptions options = Member.Options("a", "b");
        Assert.Equal(mistakes, ConsumerSettings.Mistakes(Member.Settings("localhost:1", "g", ("partition.assignment.strategy", strategy)), 2).Count());
        Assert.Equal("range", ConsumerSettings.Complete(Member.Settings("localhost:1", "g"), options).Single(s => s.Key == "partition.assignment.strategy").Value);
    }

    [Fact]
    public void Brokers_and_group_are_needed() =>
        Assert.Equal(["Kafka:bootstrap.servers", "Kafka:Consumer:group.id"], KafkaSource.Validate(Member.Options("t"), KafkaSettings.None).Select(m => m.Path));

    [Fact]
    public void What_the_client_does_not_know_or_take_is_told_with_its_path_all_at_once()
    {
        if (!NativeLibrdkafka.IsAvailable) Assert.Skip("librdkafka is not installed.");
        KafkaSettings settings = Member.Settings("localhost:1", "g", ("fetch.wait.max.millis", "5"), ("session.timeout.ms", "soon")) with
        {
            Common = new Dictionary<string, string> { ["bootstrap.servers"] = "localhost:1", ["client.idd"] = "x" }.ToFrozenDictionary(),
        };
        Assert.Equal(["Kafka:Consumer:fetch.wait.max.millis", "Kafka:Consumer:session.timeout.ms", "Kafka:client.idd"], KafkaSource.Validate(Member.Options("t"), settings).Select(m => m.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_users_settings_win_over_the_engines()
    {
        Dictionary<string, string> all = new(ConsumerSettings.Complete(Member.Settings("localhost:1", "g", ("fetch.wait.max.ms", "500"), ("check.crcs", "false")), Member.Options("t")));
        Assert.Equal(("500", "false", "false", "error", "cooperative-sticky"), (all["fetch.wait.max.ms"], all["check.crcs"], all["enable.auto.commit"], all["auto.offset.reset"], all["partition.assignment.strategy"]));
    }

    [Fact]
    public void Settings_that_are_enough_have_no_mistakes()
    {
        if (!NativeLibrdkafka.IsAvailable) Assert.Skip("librdkafka is not installed.");
        Assert.Empty(KafkaSource.Validate(Member.Options("t"), Member.Settings("localhost:1", "g")));
    }

    [Theory]
    [InlineData(new string[0], "found 0 topics; 1 to 32 are needed")]
    [InlineData(new[] { "a", "a" }, "found 'a' more than once")]
    [InlineData(new[] { "a b" }, "found 'a b'")]
    [InlineData(new[] { ".." }, "found '..'")]
    public void Topics_must_be_names(string[] topics, string message)
    {
        (string Option, string Message) mistake = Assert.Single(Member.Options(topics).Validate());
        Assert.Equal("Kafka:Topics", mistake.Option);
        Assert.StartsWith(message, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_files_have_no_meaning_for_messages()
    {
        SourceOptions options = Member.Options("a");
        (options.Paths, options.Format) = (["log"], "csv");
        Assert.Equal(["Paths", "Format"], options.Validate().Select(m => m.Option));
        Assert.Equal("kafka: a as jsonl, in the order of each partition", Member.Options("a").Describe());
    }
}
