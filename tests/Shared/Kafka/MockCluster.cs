using System.Diagnostics;
using System.Globalization;
using Streaming.Shared.Data;
using Xunit;

namespace Streaming.Shared.Kafka;

/// <summary>
/// librdkafka's mock cluster in a process of its own (tests/KafkaMock), which ends with this object, or with the process that started it, whatever happens to that. Where the
/// native library is missing, a test that starts one is skipped.
/// </summary>
/// <remarks>
/// What a partition holds is bounded by 5 MiB, the oldest dropped; a group forms after 3 s; <c>session.timeout.ms</c> must be 4,000 or more; an empty fetch waits all of
/// <c>fetch.wait.max.ms</c>. One caller at a time.
/// </remarks>
public sealed class MockCluster : IAsyncDisposable
{
    private const int Unavailable = 69;

    private readonly Process _process;

    private MockCluster(Process process, string bootstrap) => (_process, Bootstrap) = (process, bootstrap);

    /// <summary>Value of <c>bootstrap.servers</c>.</summary>
    public string Bootstrap { get; }

    private static string Program { get; } =
        Path.Combine(SharedData.Root, "artifacts", "bin", "KafkaMock", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "Streaming.KafkaMock");

    /// <summary>Starts a cluster of <paramref name="brokers"/> brokers with these topics.</summary>
    public static async Task<MockCluster> StartAsync(int brokers, params (string Name, int Partitions)[] topics)
    {
        ProcessStartInfo start = new(Program, [Text(brokers), .. topics.Select(t => $"{t.Name}:{Text(t.Partitions)}")])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        if (await process.StandardOutput.ReadLineAsync() is string bootstrap) return new MockCluster(process, bootstrap);
        await process.WaitForExitAsync();
        int code = process.ExitCode;
        process.Dispose();
        Assert.SkipWhen(code == Unavailable, "librdkafka is not installed, and with it the mock cluster");
        throw new InvalidOperationException($"{Program} ended with {code}.");
    }

    /// <summary>Makes a topic.</summary>
    public Task CreateTopicAsync(string name, int partitions) => TellAsync($"topic {name} {Text(partitions)}");

    /// <summary>Takes a broker down: its connections are cut, and it takes no new ones. From 1.</summary>
    public Task DownAsync(int broker) => TellAsync($"down {Text(broker)}");

    /// <summary>Brings a broker back.</summary>
    public Task UpAsync(int broker) => TellAsync($"up {Text(broker)}");

    /// <summary>Every answer of the broker takes so long.</summary>
    public Task RoundTripAsync(int broker, int milliseconds) => TellAsync($"rtt {Text(broker)} {Text(milliseconds)}");

    /// <summary>The next requests with this API key of the protocol get these error codes, one each; -195 cuts the connection.</summary>
    public Task FailAsync(int api, params int[] codes) => TellAsync($"errors {Text(api)} {string.Join(' ', codes.Select(Text))}");

    /// <summary>Takes back what <see cref="FailAsync"/> said and has not happened yet.</summary>
    public Task HealAsync(int api) => TellAsync($"clear {Text(api)}");

    /// <summary>Moves the leader of a partition; -1 for none.</summary>
    public Task LeadAsync(string topic, int partition, int broker) => TellAsync($"leader {topic} {Text(partition)} {Text(broker)}");

    /// <summary>Sends a command (tests/KafkaMock/Commands.cs) and waits until it is done.</summary>
    public async Task TellAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        string? answer = await _process.StandardOutput.ReadLineAsync();
        if (answer != "ok") throw new InvalidOperationException($"The mock cluster says '{answer}' to '{command}'.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
