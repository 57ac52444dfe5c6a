using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
using Streaming.Host.Observability;
using Streaming.Host.Snapshots;
using Streaming.Host.Worker;
using Streaming.Ingest;
using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Configuration;

/// <summary>Where secrets come from, and that nothing prints them.</summary>
public sealed class SecretsTests : IDisposable
{
    private const string Canary = "canary-4711-canary";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Http:AdminToken", true)]
    [InlineData("http:ingesttoken", true)]
    [InlineData("Http:AdminToken:0", true)]
    [InlineData("Kafka:Consumer:sasl.password", true)]
    [InlineData("Kafka:sasl.username", true)]
    [InlineData("Kafka:ssl.key.location", true)]
    [InlineData("Kafka:ssl.keystore.password", true)]
    [InlineData("Sinks:db:ConnectionString", true)]
    [InlineData("Privacy:HashKeyFile", true)]
    [InlineData("Privacy:Key", true)]
    [InlineData("Aws:SecretAccess", true)]
    [InlineData("Sinks:my-token:File", false)]
    [InlineData("Stages:token:Key", false)]
    [InlineData("Stages:users:MaxKeys", false)]
    [InlineData("Sinks:out:Key", false)]
    [InlineData("Http:Port", false)]
    [InlineData("Kafka:bootstrap.servers", false)]
    public void A_secret_is_known_by_its_path(string path, bool secret) => Assert.Equal(secret, SecretPaths.Contain(path));

    [Fact]
    public void No_number_and_no_switch_is_taken_for_a_secret()
    {
        string[] paths =
        [
            .. Numbers("Source", typeof(SourceOptions)), .. Numbers("Snapshots", typeof(SnapshotOptions)), .. Numbers("Privacy", typeof(PrivacyOptions)),
            .. Numbers("Http", typeof(HttpOptions)), .. Numbers("Worker", typeof(WorkerOptions)), .. Numbers("Log", typeof(LogOptions)),
        ];
        Assert.Contains("Source:WriteAhead:IdempotentRequests", paths);
        Assert.DoesNotContain(paths, SecretPaths.Contain);
    }

    [Fact]
    public void A_file_is_stronger_than_the_environment_and_the_json_and_weaker_than_the_command_line()
    {
        string pipeline = _folder.File("p.json"), secrets = Folder("secrets"), credentials = Folder("credentials");
        File.WriteAllText(pipeline, "{\"A\":\"json\",\"Http\":{\"AdminToken\":\"json\",\"IngestToken\":\"json\"},\"C\":{\"d\":\"json\",\"e\":\"json\"}}");
        File.WriteAllText(Path.Combine(secrets, "Http__AdminToken"), "two\n");
        File.WriteAllText(Path.Combine(secrets, "Kafka__Consumer__sasl.password"), " p@ss: word \r\n\n");
        File.WriteAllText(Path.Combine(secrets, "C__d"), "file");
        File.WriteAllText(Path.Combine(secrets, "ca.pem"), "no setting");
        File.WriteAllText(Path.Combine(secrets, "..data__x"), "no setting");
        File.WriteAllText(Path.Combine(credentials, "Http__AdminToken"), "one");
        File.WriteAllText(Path.Combine(credentials, "Http__IngestToken"), "one");
        List<string> said = [];
        IConfigurationRoot root = new ConfigurationLayers(pipeline, [new("C:d", "line")])
        {
            Environment = name => name switch { "STREAMING_SECRETS" => secrets, "CREDENTIALS_DIRECTORY" => credentials, _ => null },
            Say = said.Add,
        }.Build();
        Assert.Equal(("json", "two", "one", " p@ss: word ", "line", "json"), (root["A"], root["Http:AdminToken"], root["Http:IngestToken"], root["Kafka:Consumer:sasl.password"], root["C:d"], root["C:e"]));
        Assert.Equal(["A", "C", "Http", "Kafka"], root.GetChildren().Select(c => c.Key).Order(StringComparer.Ordinal));
        Assert.Empty(said);
    }

    [Fact]
    public void A_folder_or_file_that_cannot_be_used_is_a_mistake_without_its_content()
    {
        string folder = Folder("secrets");
        Assert.Contains("STREAMING_SECRETS: the folder", Mistake(_folder.File("nowhere")), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "Http__AdminToken"), new string('x', 70_000));
        Assert.Contains("has more than 65536 bytes", Mistake(folder), StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(folder, "Http__AdminToken"), [.. "canary"u8, 0xFF]);
        Assert.EndsWith("is no UTF-8 text", Mistake(folder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_on_the_command_line_is_warned_of_without_its_value()
    {
        ProcessResult result = await StreamingProcess.RunAsync("replay", "--limit", "100", "--no-progress", "--set", $"Http:AdminToken={Canary}");
        Assert.Equal(0, result.Code);
        Assert.Contains("warning: Http:AdminToken is a secret", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, result.Error + result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Http__AdminToken", Canary + " with blanks")]
    [InlineData("Http__IngestToken", Canary + "\u00e4\u00f6\u00fc")]
    [InlineData("Http__AdminToken__0", Canary)]
    [InlineData("Http__AdminToken__inner__deep", Canary)]
    [InlineData("Http__AdminTokn", Canary)]
    [InlineData("Http__Prometheus__Token", Canary)]
    [InlineData("Source__Token", Canary)]
    [InlineData("Snapshots__Secret__0", Canary)]
    [InlineData("Passwords__a", Canary)]
    public async Task A_mistake_at_a_secret_never_prints_it(string file, string value)
    {
        string folder = Folder("secrets");
        File.WriteAllText(Path.Combine(folder, file), value);
        ProcessResult result = await StreamingProcess.RunAsync("", [("STREAMING_SECRETS", folder)], "replay", "--limit", "100", "--no-progress");
        Assert.Equal(78, result.Code);
        Assert.Contains(file.Split("__")[0], result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", result.Error + result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IngestToken")]
    [InlineData("AdminToken")]
    public void Rules_about_tokens_name_no_token(string option)
    {
        foreach (string token in (string[])["short", Canary + " blank", Canary + "\n"])
        {
            HttpOptions options = new();
            typeof(HttpOptions).GetProperty(option)!.SetValue(options, token);
            Assert.NotEmpty(options.Validate());
            Assert.All(options.Validate(), m => Assert.DoesNotContain(token, m.Message, StringComparison.Ordinal));
        }

        Assert.Contains(new HttpOptions { IngestToken = Canary, AdminToken = Canary }.Validate(), m => m.Option == "AdminToken" && m.Message.StartsWith("is the same", StringComparison.Ordinal));
        Assert.Empty(new HttpOptions { IngestToken = Canary, AdminToken = Canary + "2" }.Validate());
    }

    [Fact]
    public void Whatever_is_wrong_with_a_value_at_a_secret_path_the_binder_hides_it()
    {
        foreach (PropertyInfo property in typeof(Careless).GetProperties())
        {
            string value = property.PropertyType == typeof(int) && property.Name == nameof(Careless.KeyBits) ? "4711" : Canary;
            IConfigurationSection section = new ConfigurationBuilder().AddInMemoryCollection([new("Http:" + property.Name, value)]).Build().GetSection("Http");
            List<ConfigurationMistake> mistakes = [];
            new StrictBinder(mistakes).Bind(section, new Careless());
            string said = string.Join('\n', mistakes);
            Assert.Contains($"Http:{property.Name}: found (hidden)", said, StringComparison.Ordinal);
            Assert.DoesNotContain(value, said, StringComparison.Ordinal);
        }
    }

    /// <summary>Paths of all options under one that are numbers, switches or names of a closed set.</summary>
    private static IEnumerable<string> Numbers(string path, Type options)
    {
        foreach (PropertyInfo property in options.GetProperties().Where(p => p.SetMethod is { IsPublic: true }))
        {
            Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (type.IsPrimitive || type.IsEnum) yield return $"{path}:{property.Name}";
            if (!type.IsClass || type.Assembly == typeof(string).Assembly) continue;
            foreach (string inner in Numbers($"{path}:{property.Name}", type)) yield return inner;
        }
    }

    private string Folder(string name) => Directory.CreateDirectory(_folder.File(name)).FullName;

    private static string Mistake(string folder) =>
        Assert.Throws<ConfigurationException>(() => new ConfigurationLayers(null, []) { Environment = n => n == "STREAMING_SECRETS" ? folder : null }.Build()).Mistakes.Single().ToString();

    private enum Sort
    {
        One,
    }

    /// <summary>A secret of every type, and a rule that prints one.</summary>
    private sealed class Careless : IValidatableOptions
    {
        [Range(1, 100)]
        public int KeyBits { get; set; } = 8;

        public int TokenNumber { get; set; }

        public double SecretRatio { get; set; }

        public bool Password { get; set; }

        public Sort SecretSort { get; set; }

        public List<int> Keys { get; set; } = [];

        public Group Credentials { get; set; } = new();

        public string? Token { get; set; }

        public IEnumerable<(string Option, string Message)> Validate()
        {
            if (Token is not null) yield return (nameof(Token), $"found {Token}, which is not liked");
        }
    }

    private sealed class Group
    {
        public int Inner { get; set; }
    }
}
