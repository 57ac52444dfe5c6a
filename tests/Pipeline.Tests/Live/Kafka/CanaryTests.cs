using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Streaming.Shared.Files;
using Streaming.Shared.Kafka;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>Secrets that were planted are in nothing that comes out of a worker: what it says, what it serves, what it writes; neither when it runs nor when it fails.</summary>
public class CanaryTests
{
    private const string Password = "canary-kafka-8c1f27";
    private const string Token = "canary-admin-token-40b6e9";
    private const string Database = "canary-database-d35a02";

    private static readonly string[] Canaries = [Password, Token, Database];

    private static readonly string[] Sasl =
    [
        "--set", "Kafka:security.protocol=sasl_plaintext", "--set", "Kafka:sasl.mechanism=PLAIN", "--set", "Kafka:sasl.username=worker", "--set", "Source:Kafka:ConnectSeconds=3",
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Brokers_that_do_not_take_the_password_do_not_make_the_worker_print_it(bool byFile)
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using KafkaWorker worker = new(cluster, "refused");
        using TemporaryFolder secrets = new();
        ProcessResult ended = await RunAsync(worker, secrets, byFile, [("Kafka__sasl.password", Password), ("Http__AdminToken", Token)], [.. Sasl, "--set", "Kafka:debug=all"]);
        Assert.True(ended.Code == 69, $"It ended with {ended.Code}: {ended.Error}");
        Assert.Contains("SASL", ended.Error, StringComparison.Ordinal); // the client did say a lot
        AssertSaysNothing(ended, worker);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Mistakes_in_the_configuration_are_told_without_the_secrets(bool byFile)
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using KafkaWorker worker = new(cluster, "mistaken");
        using TemporaryFolder secrets = new();
        (string, string)[] planted = [("Kafka__sasl.password", Password), ("Http__AdminToken", Token + " blank"), ("Sinks__db__Password", Database), ("Http__Tokken", Token)];
        ProcessResult ended = await RunAsync(worker, secrets, byFile, planted, "--set", "Sinks:db:Type=postgres");
        Assert.True(ended.Code == 78, $"It ended with {ended.Code}: {ended.Error}");
        foreach (string path in (string[])["Kafka:sasl.password", "Http:AdminToken", "Http:Tokken", "Sinks:db:Connection"]) Assert.Contains(path, ended.Error, StringComparison.Ordinal);
        AssertSaysNothing(ended, worker);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_database_that_is_away_ends_the_worker_without_a_word_of_its_password(bool byFile)
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using TopicWriter writer = new(cluster.Bootstrap);
        writer.SendRatings("events", 1, 0, 1000);
        using KafkaWorker worker = new(cluster, "stranded");
        using TemporaryFolder secrets = new();
        ProcessResult ended = await RunAsync(
            worker, secrets, byFile, [("Sinks__db__Password", Database), ("Http__AdminToken", Token)],
            "--set", "Sinks:db:Type=postgres", "--set", "Sinks:db:Connection=Host=127.0.0.1;Port=1;Database=metrics;Username=streaming;SSL Mode=Disable", "--set", "Sinks:db:TimeoutSeconds=1");
        Assert.True(ended.Code == 74, $"It ended with {ended.Code}: {ended.Error}");
        AssertSaysNothing(ended, worker);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_serves_and_writes_no_secret(bool byFile)
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using TopicWriter writer = new(cluster.Bootstrap);
        writer.SendRatings("events", 1, 0, 1000);
        writer.Send("events", 0, "{\"user\":");
        writer.Flush();
        using KafkaWorker worker = new(cluster, "serving");
        using TemporaryFolder secrets = new();
        using StreamingProcess process = StreamingProcess.Start(Plant(secrets, byFile, [("Http__AdminToken", Token)]), [.. worker.Arguments(), "--set", "Http:Prometheus=true", "--set", "Log:Level=debug"]);
        await worker.UntilAsync(process, [1000]);
        using HttpClient client = new() { BaseAddress = new Uri(process.Said.Split("serving on ")[1].Split('\n')[0].Trim()) };
        foreach (string path in (string[])["/metrics", "/healthz", "/readyz", "/startupz", "/nothing"]) AssertNoCanary(path, await AnswerAsync(client, HttpMethod.Get, path, null));
        AssertNoCanary("a wrong token", await AnswerAsync(client, HttpMethod.Post, "/admin/snapshot", Token + "0", HttpStatusCode.Unauthorized));
        AssertNoCanary("a stage that is not there", await AnswerAsync(client, HttpMethod.Post, "/admin/reset?stage=none", Token, HttpStatusCode.NotFound));
        AssertNoCanary("the token", await AnswerAsync(client, HttpMethod.Post, "/admin/snapshot", Token, HttpStatusCode.OK));
        AssertSaysNothing(await KafkaWorker.StopAsync(process), worker);
        Assert.NotEmpty(Directory.EnumerateFiles(worker.SnapshotsOf(0)));
    }

    private static async Task<ProcessResult> RunAsync(KafkaWorker worker, TemporaryFolder secrets, bool byFile, (string Name, string Value)[] planted, params string[] more)
    {
        using StreamingProcess process = StreamingProcess.Start(Plant(secrets, byFile, planted), [.. worker.Arguments(), .. more]);
        return await process.EndAsync();
    }

    /// <summary>Puts the secrets into files or the environment; gives the environment that says so.</summary>
    private static (string Name, string Value)[] Plant(TemporaryFolder secrets, bool byFile, (string Name, string Value)[] planted)
    {
        if (!byFile) return [.. planted.Select(s => ($"STREAMING__{s.Name.Replace('.', '_')}", s.Value))];
        foreach ((string name, string value) in planted) File.WriteAllText(secrets.File(name), value);
        return [("STREAMING_SECRETS", secrets.Path)];
    }

    private static async Task<string> AnswerAsync(HttpClient client, HttpMethod method, string path, string? token, HttpStatusCode? expected = null)
    {
        using HttpRequestMessage request = new(method, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage response = await client.SendAsync(request);
        if (expected is { } code) Assert.Equal(code, response.StatusCode);
        return response.Headers.ToString() + response.Content.Headers + await response.Content.ReadAsStringAsync();
    }

    private static void AssertSaysNothing(ProcessResult ended, KafkaWorker worker)
    {
        AssertNoCanary("the output", ended.Output);
        AssertNoCanary("the errors", ended.Error);
        foreach (string file in Directory.EnumerateFiles(worker.Folder, "*", SearchOption.AllDirectories)) AssertNoCanary(file, Encoding.Latin1.GetString(File.ReadAllBytes(file)));
    }

    private static void AssertNoCanary(string where, string text)
    {
        foreach (string canary in Canaries) Assert.False(text.Contains(canary, StringComparison.Ordinal), $"{canary} is in {where}: {text}");
    }
}
