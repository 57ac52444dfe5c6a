using System.Globalization;
using System.Text;
using Streaming.Abstractions.Randomness;
using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Privacy;

/// <summary>Ids that are to be hashed are in nothing that a run writes, prints or serves.</summary>
public sealed class CanaryTests : IDisposable
{
    private const string Canary = "alice@example.com";
    private const string Secret = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("file")]
    [InlineData("time")]
    public async Task No_output_has_a_byte_of_an_id(string order)
    {
        string log = WriteLog();
        ProcessResult result = await RunAsync(Secret, log, "--set", $"Source:Order={order}", "--set", "Source:MaxBadRatio=0.5");
        Assert.Equal(0, result.Code);
        AssertHidden(result);
        string events = await File.ReadAllTextAsync(_folder.File("events.jsonl"), TestContext.Current.CancellationToken);
        Assert.Contains($"\"user\":\"{Hash(Canary)}\"", events, StringComparison.Ordinal);
        string letters = await File.ReadAllTextAsync(_folder.File("dead-letters.jsonl"), TestContext.Current.CancellationToken);
        Assert.Contains("\"withheld\":\"hmac-sha256:", letters, StringComparison.Ordinal);
        Assert.DoesNotContain("truncated", letters, StringComparison.Ordinal);
        Assert.True(Directory.EnumerateFiles(_folder.File("snapshots")).Any());
    }

    [Fact]
    public async Task No_message_of_a_run_that_fails_has_one_either()
    {
        string log = WriteLog();
        ProcessResult bad = await RunAsync(Secret, log, "--set", "Source:MaxBadRatio=0");
        Assert.Equal(65, bad.Code);
        AssertHidden(bad);
        string csv = _folder.File("log.csv");
        await File.WriteAllTextAsync(csv, $"{Canary};x;y\n{Canary};z;w\n", TestContext.Current.CancellationToken);
        ProcessResult header = await RunAsync(Secret, csv);
        Assert.Equal(74, header.Code);
        AssertHidden(header);
        ProcessResult validated = await StreamingProcess.RunAsync("", [("STREAMING__Privacy__Key", Secret), ("STREAMING__Privacy__HashIds", "true")], "validate", log);
        Assert.Equal(65, validated.Code);
        AssertHidden(validated);
    }

    [Fact]
    public async Task Another_secret_does_not_fit_the_snapshot()
    {
        string log = WriteLog();
        Assert.Equal(0, (await RunAsync(Secret, log, "--set", "Source:MaxBadRatio=0.5")).Code);
        ProcessResult rotated = await RunAsync("MDEyMzQ1Njc4OWFiY2RlZg==", log, "--set", "Source:MaxBadRatio=0.5", "--resume");
        Assert.Equal(78, rotated.Code);
        Assert.Contains("Privacy:Key", rotated.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, rotated.Error, StringComparison.Ordinal);
    }

    private Task<ProcessResult> RunAsync(string secret, string log, params string[] more) => StreamingProcess.RunAsync(
        "",
        [("STREAMING__Privacy__Key", secret)],
        [
            "replay", log, "--set", "Privacy:HashIds=true", "--checkpoint", _folder.File("snapshots"), "--checkpoint-every", "500", "--events", _folder.File("events.jsonl"),
            "--summary", _folder.File("summary.json"), "--set", "Sinks:letters:Type=dead-letters", "--set", $"Sinks:letters:File={_folder.File("dead-letters.jsonl")}", .. more,
        ]);

    private void AssertHidden(ProcessResult result)
    {
        Assert.DoesNotContain("alice", result.Output + result.Error, StringComparison.OrdinalIgnoreCase);
        foreach (string file in Directory.EnumerateFiles(_folder.File("."), "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith("log.", StringComparison.Ordinal)))
            Assert.False(File.ReadAllBytes(file).AsSpan().IndexOf("alice"u8) >= 0, $"{file} has it");
    }

    private static string Hash(string id) =>
        Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Convert.FromHexString(Secret), Encoding.UTF8.GetBytes(id)))[..16];

    // Good records and bad ones of every sort, with the id in them.
    private string WriteLog()
    {
        CounterRng rng = new(31, 1);
        StringBuilder log = new();
        for (int i = 0; i < 3000; i++)
        {
            string user = rng.NextBelow(10) == 0 ? Canary : string.Create(CultureInfo.InvariantCulture, $"alice{rng.NextBelow(40)}");
            log.Append(i % 50 == 49
                ? i % 100 == 99 ? $"{{\"user\":\"{user}\",\"item\":\"alice-item\",\"value\":\"{user}\"\n" : $"{{\"user\":\"{user}\",\"item\":\"alice-item\",\"value\":1e999,\"ts\":{i}}}\n"
                : string.Create(CultureInfo.InvariantCulture, $"{{\"user\":\"{user}\",\"item\":\"alice-item-{rng.NextBelow(60)}\",\"value\":{1 + rng.NextBelow(5)},\"ts\":{1000 + i}}}\n"));
        }

        string file = _folder.File("log.jsonl");
        File.WriteAllText(file, log.ToString());
        return file;
    }
}
