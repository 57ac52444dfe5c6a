using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Streaming.Abstractions.Sources;
using Streaming.Host.Cli;
using Streaming.Host.Configuration;
using Streaming.Host.Observability;
using Streaming.Ingest;

namespace Streaming.Host.Worker;

/// <summary>
/// A worker as a hosted service. The first SIGTERM or SIGINT stops it in good order: what was taken is worked through, a snapshot of every shard is written, and the process ends
/// with 0. A second one, or a stop that takes longer than <see cref="WorkerOptions.ShutdownSeconds"/>, ends the process at once, as SIGKILL would.
/// </summary>
internal sealed class WorkerService(WorkerArguments arguments, WorkerOutcome outcome, TimeProvider time, IHostApplicationLifetime lifetime) : BackgroundService
{
    private readonly CancellationTokenSource _stop = new();
    private int _signals;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            PipelineConfiguration configuration = PipelineConfiguration.Load(arguments.Layers);
            TimeSpan patience = TimeSpan.FromSeconds(configuration.Worker.ShutdownSeconds);
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => OnSignal(signal, ExitCodes.Interrupted, patience));
            using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => OnSignal(signal, ExitCodes.Terminated, patience));
            await RunAsync(configuration);
            outcome.ExitCode = ExitCodes.Done;
        }
        catch (Exception e)
        {
            outcome.ExitCode = FaultReport.Print(e, Console.Error);
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    public override void Dispose()
    {
        _stop.Dispose();
        base.Dispose();
    }

    private async Task RunAsync(PipelineConfiguration configuration)
    {
        MetricsBoard board = new();
        await using IPartitionedSource? group = SourceFactory.IsPartitioned(configuration.Source) ? SourceFactory.CreatePartitioned(configuration.Source, configuration.Kafka, Say) : null;
        LiveWorker worker = new(configuration, group, board, time, Say);
        if (!configuration.Http.Prometheus)
        {
            await RunAsync(worker, configuration);
            return;
        }

        using Instruments instruments = new(board);
        using MetricCollector collector = new(instruments.Meter);
        await using MetricsServer server = await MetricsServer.StartAsync(configuration.Http, board, collector, time, CancellationToken.None);
        Console.Error.WriteLine($"metrics are served on {server.Address}");
        await RunAsync(worker, configuration);
    }

    private async Task RunAsync(LiveWorker worker, PipelineConfiguration configuration)
    {
        foreach ((int shard, IReadOnlyList<string> logs) in Backfill.Of(arguments.Backfill, SourceFactory.IsPartitioned(configuration.Source)).Logs)
        {
            ConfigurationLayers layers = arguments.Layers with { Logs = logs, Settings = [.. arguments.Layers.Settings, new("Source:Order", "file")] };
            if (!await worker.BackfillAsync(shard, PipelineConfiguration.Load(layers).Source, _stop.Token)) return;
        }

        await worker.RunAsync(_stop.Token);
    }

    private static void Say(string line) => Console.Error.WriteLine(line);

    private void OnSignal(PosixSignalContext signal, int code, TimeSpan patience)
    {
        if (Interlocked.Increment(ref _signals) > 1) return; // the operating system's: the process ends now
        signal.Cancel = true;
        Console.Error.WriteLine($"stopping; another signal, or {patience.TotalSeconds:F0} s, ends the process at once");
        _stop.Cancel();
        _ = time.CreateTimer(_ => Force(code, patience), null, patience, Timeout.InfiniteTimeSpan);
    }

    private static void Force(int code, TimeSpan patience)
    {
        Console.Error.WriteLine($"the stop took longer than {patience.TotalSeconds:F0} s (Worker:ShutdownSeconds): ended without a snapshot");
        Environment.Exit(code);
    }
}
