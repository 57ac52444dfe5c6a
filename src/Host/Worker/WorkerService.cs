using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Streaming.Abstractions.Sources;
using Streaming.Host.Cli;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Host.Observability;
using Streaming.Host.Views;
using Streaming.Host.Web;
using Streaming.Ingest;
using Streaming.Ingest.Kafka;

namespace Streaming.Host.Worker;

/// <summary>
/// A worker as a hosted service. The first SIGTERM or SIGINT stops it in good order: what was taken is worked through, a snapshot of every shard is written, and the process ends
/// with 0. A second one, or a stop that takes longer than <see cref="WorkerOptions.ShutdownSeconds"/>, ends the process at once, as SIGKILL would.
/// </summary>
internal sealed class WorkerService(WorkerArguments arguments, ProcessOutcome outcome, TimeProvider time, IHostApplicationLifetime lifetime) : BackgroundService
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SystemdNotifier _manager = new(Environment.GetEnvironmentVariable, Environment.ProcessId);
    private int _signals;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        WorkerLog? log = null;
        try
        {
            PipelineConfiguration configuration = PipelineConfiguration.Load(arguments.Layers);
            log = WorkerLog.ToStandardError(configuration.Log, isTerminal: !Console.IsErrorRedirected);
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => OnSignal(signal, ExitCodes.Interrupted, configuration.Worker, log));
            using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => OnSignal(signal, ExitCodes.Terminated, configuration.Worker, log));
            if (configuration.Items is { } items) log.Said(items.Describe());
            long events = await RunAsync(configuration, log);
            log.Stopped(outcome.ExitCode, events);
        }
        catch (Exception e)
        {
            using StringWriter message = new();
            outcome.ExitCode = FaultReport.Print(e, message);
            if (log is null) Console.Error.Write(message);
            else log.Fault((e as PipelineFaultException)?.Part ?? "the worker", message.ToString().TrimEnd());
        }
        finally
        {
            log?.Dispose();
            lifetime.StopApplication();
        }
    }

    public override void Dispose()
    {
        _stop.Dispose();
        _manager.Dispose();
        base.Dispose();
    }

    private async Task<long> RunAsync(PipelineConfiguration configuration, WorkerLog log)
    {
        MetricsBoard board = new() { Events = configuration.Source.Type == SourceKind.Http ? new EventsCounts() : null };
        await using IPartitionedSource? group = SourceFactory.IsPartitioned(configuration.Source) ? SourceFactory.CreatePartitioned(configuration.Source, configuration.Kafka, log.Said) : null;
        await using LiveWorker worker = new(configuration, group, board, time, log) { Origin = Origin(configuration) };
        board.Kafka = group as IKafkaState;
        using Instruments instruments = new(board);
        using MetricCollector collector = new(instruments.Meter);
        HttpOptions http = configuration.Http;
        await using WebServer server = await WorkerServer.StartAsync(
            http,
            worker,
            board.Events,
            http.Prometheus ? new MetricsEndpoint(board, collector) : null,
            configuration.ServesViews ? new ViewsEndpoint(board.Views, configuration.Worker.ViewEvery, BearerToken.Of(http.AdminToken)) : null,
            time,
            log.Warned,
            CancellationToken.None);
        log.Serving(server.Address);
        await using ITimer watchdog = time.CreateTimer(_ => Watch(worker), null, _manager.WatchdogInterval ?? Timeout.InfiniteTimeSpan, _manager.WatchdogInterval ?? Timeout.InfiniteTimeSpan);
        if (await BackfillAsync(worker, configuration)) await worker.RunAsync(() => OnStarted(configuration, log), _stop.Token);
        return worker.Events;
    }

    private string? Origin(PipelineConfiguration configuration)
    {
        if (arguments.FromSnapshot is not { } folder) return null;
        if (!Directory.Exists(folder)) throw new ConfigurationException("--from-snapshot", $"found '{folder}', but there is no such folder");
        if (configuration.Snapshots.Directory is not { Length: > 0 } own) throw new ConfigurationException("Snapshots:Directory", "is missing: a worker that begins from the snapshots of another makes its own");
        return Path.GetFullPath(own) != Path.GetFullPath(folder) ? folder : throw new ConfigurationException("--from-snapshot", $"found '{folder}', which is Snapshots:Directory: the worker goes on from there by itself");
    }

    private void OnStarted(PipelineConfiguration configuration, WorkerLog log)
    {
        string version = typeof(WorkerService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        log.Started(version, configuration.Source.Describe(), configuration.Plan.Stages.Length, configuration.Sinks.Count);
        _manager.Ready(configuration.Source.Describe());
    }

    private async Task<bool> BackfillAsync(LiveWorker worker, PipelineConfiguration configuration)
    {
        foreach ((int shard, IReadOnlyList<string> logs) in Backfill.Of(arguments.Backfill, SourceFactory.IsPartitioned(configuration.Source)).Logs)
        {
            ConfigurationLayers layers = arguments.Layers with { Logs = logs, Settings = [.. arguments.Layers.Settings, new("Source:Order", "file")] };
            if (!await worker.BackfillAsync(shard, PipelineConfiguration.Load(layers).Source, _stop.Token)) return false;
        }

        return true;
    }

    /// <summary>The service manager hears of the process only while its loops turn; what it does without is its to know.</summary>
    private void Watch(LiveWorker worker)
    {
        WorkerHealth health = worker.Health;
        if (!health.IsAlive) return;
        _manager.Alive();
        _manager.Status(health.Reason.Length == 0 ? "running" : health.Reason);
    }

    private void OnSignal(PosixSignalContext signal, int code, WorkerOptions options, WorkerLog log)
    {
        if (Interlocked.Increment(ref _signals) > 1) return; // the operating system's: the process ends now
        signal.Cancel = true;
        log.Stopping($"{signal.Signal}; another signal, or {options.ShutdownSeconds:0.###} s, ends the process at once");
        _manager.Stopping();
        _stop.Cancel();
        _ = time.CreateTimer(_ => Force(code, options), null, TimeSpan.FromSeconds(options.ShutdownSeconds), Timeout.InfiniteTimeSpan);
    }

    private static void Force(int code, WorkerOptions options)
    {
        Console.Error.WriteLine($"the stop took longer than {options.ShutdownSeconds:0.###} s (Worker:ShutdownSeconds): ended without a snapshot");
        Environment.Exit(code);
    }
}
