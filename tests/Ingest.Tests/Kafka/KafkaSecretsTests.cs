using System.Collections.Frozen;
using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Kafka;
using Streaming.Shared.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class KafkaSecretsTests
{
    private const string Canary = "c4n4ry-51nging";

    [Fact]
    public void A_planted_secret_is_in_no_mistake_and_no_warning()
    {
        string[] names = ["sasl.mechanism", "sasl.username", "sasl.password", "ssl.key.location", "ssl.key.password", "ssl.keystore.location", "sasl.oauthbearer.client.secret", "no.such.token"];
        foreach (string protocol in new[] { "plaintext", "ssl", "sasl_plaintext", "sasl_ssl", "nonsense" })
        {
            KafkaSettings settings = Settings("broker.example:9092", [("security.protocol", protocol), .. names.Select(n => (n, Canary))]);
            IReadOnlyList<(string Path, string Message)> mistakes = KafkaSource.Validate(Member.Options("t"), settings);
            Assert.NotEmpty(mistakes);
            Assert.DoesNotContain(mistakes, m => m.Message.Contains(Canary, StringComparison.Ordinal) || m.Path.Contains(Canary, StringComparison.Ordinal));
            Assert.DoesNotContain(KafkaSecurity.Warnings(settings.ForConsumer()), w => w.Contains(Canary, StringComparison.Ordinal));
        }

        // What the client itself refuses, it repeats with the value.
        foreach ((string Name, string Value) bad in new[] { ("sasl.kerberos.min.time.before.relogin", Canary), ("no.such.key", Canary), ("ssl.key.pem", Canary) })
        {
            KafkaSettings settings = Settings("localhost:1", [("security.protocol", "sasl_ssl"), ("sasl.mechanism", "GSSAPI"), bad]);
            Assert.DoesNotContain(KafkaSource.Validate(Member.Options("t"), settings), m => m.Message.Contains(Canary, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_planted_secret_is_in_nothing_that_a_failed_connection_says()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("t", 1));
        SourceOptions options = Member.Options("t");
        options.Kafka.ConnectSeconds = 2;
        await using Member member = new(
            cluster.Bootstrap,
            new MemberOwner(new Shelf()),
            options,
            "g",
            ("security.protocol", "sasl_plaintext"), ("sasl.mechanism", "PLAIN"), ("sasl.username", Canary + "-user"), ("sasl.password", Canary), ("debug", "security,broker"));
        BrokerUnreachableException failure = await Assert.ThrowsAsync<BrokerUnreachableException>(() => member.Done);
        Assert.NotEmpty(member.Said);
        Assert.DoesNotContain(member.Said.Append(failure.ToString()), s => s.Contains(Canary, StringComparison.Ordinal));
    }

    private static KafkaSettings Settings(string bootstrap, params (string Name, string Value)[] common)
    {
        Dictionary<string, string> all = new() { ["bootstrap.servers"] = bootstrap, ["group.id"] = "g" };
        foreach ((string name, string value) in common) all[name] = value;
        return new KafkaSettings(all.ToFrozenDictionary(), FrozenDictionary<string, string>.Empty, FrozenDictionary<string, string>.Empty, AllowInsecureTls: false);
    }
}
