using System.Collections.Frozen;
using Streaming.Abstractions.Kafka;
using Streaming.Sinks.Kafka;
using Xunit;

namespace Streaming.Sinks.Tests.Kafka;

public sealed class KafkaProducerSettingsTests
{
    private static KafkaSettings Settings((string Name, string Value)[] common, params (string Name, string Value)[] producer) => KafkaSettings.None with
    {
        Common = common.ToFrozenDictionary(s => s.Name, s => s.Value),
        Producer = producer.ToFrozenDictionary(s => s.Name, s => s.Value),
    };

    private static readonly (string, string)[] Servers = [("bootstrap.servers", "localhost:9092")];

    [Fact]
    public void Brokers_are_required() =>
        Assert.Equal(["Kafka:bootstrap.servers"], KafkaProducerSettings.Validate(KafkaSettings.None).Select(m => m.Path));

    [Fact]
    public void What_keeps_the_guarantees_is_taken() => Assert.Empty(KafkaProducerSettings.Validate(
        Settings([.. Servers, ("group.id", "g")], ("acks", "all"), ("enable.idempotence", "True"), ("linger.ms", "50"), ("compression.type", "zstd"))));

    [Theory]
    [InlineData("acks", "1")]
    [InlineData("request.required.acks", "0")]
    [InlineData("enable.idempotence", "false")]
    [InlineData("delivery.report.only.error", "true")]
    [InlineData("transactional.id", "mine")]
    [InlineData("dotnet.producer.enable.delivery.reports", "false")]
    public void What_breaks_them_is_refused_with_its_path(string name, string value)
    {
        (string path, string message) = Assert.Single(KafkaProducerSettings.Validate(Settings(Servers, (name, value))));
        Assert.Equal($"Kafka:Producer:{name}", path);
        Assert.Contains(": ", message, StringComparison.Ordinal);
        Assert.Equal([$"Kafka:{name}"], KafkaProducerSettings.Validate(Settings([.. Servers, (name, value)])).Select(m => m.Path));
    }

    [Fact]
    public void The_producers_own_setting_counts_more() =>
        Assert.Empty(KafkaProducerSettings.Validate(Settings([.. Servers, ("acks", "1")], ("acks", "all"))));

    [Fact]
    public void A_producer_is_idempotent_and_bounded_unless_told_otherwise()
    {
        Dictionary<string, string> all = KafkaProducerSettings.Build(Settings(Servers), transactionalId: null);
        Assert.Equal("true", all["enable.idempotence"]);
        Assert.Equal("65536", all["queue.buffering.max.kbytes"]);
        Assert.DoesNotContain(all.Keys, name => name.StartsWith("transaction", StringComparison.Ordinal));
        all = KafkaProducerSettings.Build(Settings(Servers, ("queue.buffering.max.kbytes", "1024"), ("transaction.timeout.ms", "60000")), "id");
        Assert.Equal(("1024", "60000", "id"), (all["queue.buffering.max.kbytes"], all["transaction.timeout.ms"], all["transactional.id"]));
    }

    [Fact]
    public void The_largest_message_is_the_clients_own_bound_unless_set()
    {
        Assert.Equal(1_000_000, KafkaProducerSettings.LargestMessage(Settings(Servers)));
        Assert.Equal(5000, KafkaProducerSettings.LargestMessage(Settings(Servers, ("message.max.bytes", "5000"))));
    }
}
