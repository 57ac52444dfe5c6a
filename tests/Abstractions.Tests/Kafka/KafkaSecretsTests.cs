using System.Collections.Frozen;
using Streaming.Abstractions.Kafka;
using Xunit;

namespace Streaming.Abstractions.Tests.Kafka;

public class KafkaSecretsTests
{
    [Theory]
    [InlineData("sasl.password", true)]
    [InlineData("sasl.mechanism", true)]
    [InlineData("sasl.oauthbearer.client.secret", true)]
    [InlineData("SSL.Key.Location", true)]
    [InlineData("ssl.key.pem", true)]
    [InlineData("ssl.keystore.password", true)]
    [InlineData("my.SecretThing", true)]
    [InlineData("oauth.token", true)]
    [InlineData("some.credentials", true)]
    [InlineData("bootstrap.servers", false)]
    [InlineData("group.id", false)]
    [InlineData("ssl.ca.location", false)]
    public void Secrets_are_told_by_their_names(string name, bool secret)
    {
        string shown = secret ? "***" : "canary";
        KeyValuePair<string, string>[] setting = [new(name, "canary")];
        Assert.Equal(secret, KafkaSecrets.IsSecret(name));
        Assert.Equal(shown, KafkaSecrets.Shown(name, "canary"));
        foreach (KafkaSettings settings in new[]
        {
            KafkaSettings.None with { Common = setting.ToFrozenDictionary() },
            KafkaSettings.None with { Consumer = setting.ToFrozenDictionary() },
            KafkaSettings.None with { Producer = setting.ToFrozenDictionary() },
        })
        {
            Assert.Equal($"x {shown} y", new KafkaSecrets(settings).Redact("x canary y"));
        }
    }

    [Fact]
    public void A_text_is_shown_without_secrets_the_longer_ones_first()
    {
        Dictionary<string, string> common = new() { ["sasl.password"] = "abc", ["sasl.username"] = "abcdef", ["client.id"] = "seen", ["ssl.key.password"] = "" };
        KafkaSecrets secrets = new(KafkaSettings.None with { Common = common.ToFrozenDictionary() });
        Assert.Equal("*** and *** are hidden, seen is not", secrets.Redact("abcdef and abc are hidden, seen is not"));
    }
}
