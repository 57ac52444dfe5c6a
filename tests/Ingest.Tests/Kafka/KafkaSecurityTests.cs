using Streaming.Ingest.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class KafkaSecurityTests
{
    [Theory]
    [InlineData("")]
    [InlineData("security.protocol=plaintext")]
    [InlineData("security.protocol=SSL")]
    [InlineData("security.protocol=ssl ssl.ca.location=probe")]
    [InlineData("security.protocol=ssl ssl.ca.location=/")]
    [InlineData("security.protocol=sasl_ssl sasl.mechanism=PLAIN sasl.username=u sasl.password=p")]
    [InlineData("security.protocol=sasl_ssl sasl.mechanisms=SCRAM-SHA-512 sasl.username=u sasl.password=p")]
    [InlineData("security.protocol=sasl_plaintext sasl.mechanism=GSSAPI")]
    [InlineData("security.protocol=sasl_ssl sasl.mechanism=OAUTHBEARER sasl.oauthbearer.method=oidc sasl.oauthbearer.client.id=c sasl.oauthbearer.client.secret=s sasl.oauthbearer.token.endpoint.url=https://x")]
    [InlineData("enable.ssl.certificate.verification=false")]
    [InlineData("security.protocol=ssl enable.ssl.certificate.verification=true")]
    public void What_is_safe_enough_is_taken(string settings) => Assert.Empty(KafkaSecurity.Mistakes(Parse(settings), allowInsecureTls: false));

    [Theory]
    [InlineData("security.protocol=tls", "security.protocol", "found 'tls'; it is one of plaintext, ssl, sasl_plaintext, sasl_ssl")]
    [InlineData("security.protocol=sasl_ssl", "sasl.mechanism", "is missing")]
    [InlineData("security.protocol=sasl_ssl sasl.mechanism=MAGIC", "sasl.mechanism", "is none of GSSAPI")]
    [InlineData("security.protocol=sasl_ssl sasl.mechanisms=PLAIN sasl.password=p", "sasl.username", "is missing")]
    [InlineData("security.protocol=sasl_ssl sasl.mechanism=SCRAM-SHA-256 sasl.username=u", "sasl.password", "is missing")]
    [InlineData("security.protocol=sasl_ssl sasl.mechanism=OAUTHBEARER sasl.oauthbearer.method=default sasl.oauthbearer.client.id=c sasl.oauthbearer.client.secret=s sasl.oauthbearer.token.endpoint.url=u", "sasl.oauthbearer.method", "is not oidc")]
    [InlineData("sasl.password=p", "sasl.password", "security.protocol=plaintext does not use it")]
    [InlineData("security.protocol=ssl sasl.username=u", "sasl.username", "sasl_ssl does")]
    [InlineData("ssl.ca.location=/", "ssl.ca.location", "security.protocol=plaintext does not use it")]
    [InlineData("security.protocol=ssl ssl.ca.location=/no/such/file", "ssl.ca.location", "found '/no/such/file', where there is no file")]
    [InlineData("security.protocol=ssl ssl.key.location=/no/such/file", "ssl.key.location", "found '***', where there is no file")]
    [InlineData("security.protocol=ssl enable.ssl.certificate.verification=FALSE", "enable.ssl.certificate.verification", "Kafka:AllowInsecureTls=true")]
    [InlineData("security.protocol=ssl ssl.endpoint.identification.algorithm=none", "ssl.endpoint.identification.algorithm", "Kafka:AllowInsecureTls=true")]
    public void What_is_not_is_refused_under_its_name(string settings, string setting, string message)
    {
        (string Setting, string Message) mistake = Assert.Single(KafkaSecurity.Mistakes(Parse(settings), allowInsecureTls: false));
        Assert.Equal(setting, mistake.Setting);
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unchecked_certificates_are_taken_where_that_is_said_and_warned_of()
    {
        KeyValuePair<string, string>[] settings = Parse("security.protocol=ssl enable.ssl.certificate.verification=false ssl.endpoint.identification.algorithm=none bootstrap.servers=a:1");
        Assert.Empty(KafkaSecurity.Mistakes(settings, allowInsecureTls: true));
        Assert.Equal(2, KafkaSecurity.Warnings(settings).Count());
    }

    [Theory]
    [InlineData("bootstrap.servers=localhost:9092", 0)]
    [InlineData("bootstrap.servers=127.0.0.1:9092,[::1]:9092,PLAINTEXT://LOCALHOST:1", 0)]
    [InlineData("bootstrap.servers=127.0.0.1:9092,broker.example:9092", 1)]
    [InlineData("bootstrap.servers=10.0.0.1", 1)]
    [InlineData("bootstrap.servers=[2001:db8::1]:9092", 1)]
    [InlineData("bootstrap.servers=localhost.example:9092", 1)]
    [InlineData("metadata.broker.list=broker:9092", 1)]
    [InlineData("bootstrap.servers=broker:9092 security.protocol=sasl_plaintext", 1)]
    [InlineData("bootstrap.servers=broker:9092 security.protocol=ssl", 0)]
    [InlineData("bootstrap.servers=broker:9092 security.protocol=sasl_ssl", 0)]
    public void The_open_way_to_another_machine_is_warned_of(string settings, int warnings) => Assert.Equal(warnings, KafkaSecurity.Warnings(Parse(settings)).Count());

    private static KeyValuePair<string, string>[] Parse(string settings) =>
        [.. settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=', 2)).Select(p => KeyValuePair.Create(p[0], p[1]))];
}
