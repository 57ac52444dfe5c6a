using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Streaming.Host.Cli;
using Streaming.Host.Configuration;
using Streaming.Host.Observability;
using Streaming.Sinks.Console;
using Streaming.Sinks.DeadLetter;
using Streaming.Sinks.Summary;

namespace Streaming.Host.Replay;

/// <summary>
/// A replay as a hosted service: runs once and stops the host. The first interrupt stops it in good order, with a snapshot where snapshots are made;
/// a second one is the operating system's.
/// </summary>
internal sealed class ReplayWorker(ReplayArguments arguments, ProcessOutcome outcome, TimeProvider time, IHostApplicationLifetime lifetime) : BackgroundService
{
    private readonly CancellationTokenSource _stop = new();
    private volatile int _interrupted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Interrupt(signal, ExitCodes.Interrupted));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Interrupt(signal, ExitCodes.Terminated));
        try
        {
            outcome.ExitCode = await RunAsync();
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

    private async Task<int> RunAsync()
    {
        ConfigurationLayers layers = arguments.ReportFrom is { } from ? await from.ApplyAsync(arguments.Layers, _stop.Token) : arguments.Layers;
        PipelineConfiguration configuration = PipelineConfiguration.Load(layers);
        if (arguments.SummaryFile is { } file && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{file} cannot be written: there is no folder {folder}"); // now, and not after an hour of work
        if (configuration.Items is { } items) Console.Error.WriteLine(items.Describe());
        if (!configuration.Http.Prometheus) return await ReplayAsync(configuration, null);
        RunMetrics metrics = new(time);
        MetricsBoard board = new();
        board.Add(metrics);
        using Instruments instruments = new(board);
        using MetricCollector collector = new(instruments.Meter);
        await using MetricsServer server = await MetricsServer.StartAsync(configuration.Http, board, collector, time, CancellationToken.None);
        Console.Error.WriteLine($"metrics are served on {server.Address}");
        return await ReplayAsync(configuration, metrics);
    }

    private async Task<int> ReplayAsync(PipelineConfiguration configuration, RunMetrics? metrics)
    {
        ReplayPipeline pipeline = new(configuration, time, line => Console.Error.WriteLine(line))
        {
            Metrics = metrics,
            Stop = _stop.Token,
            Progress = arguments.ShowProgress
                ? source => new ProgressSink(new ProgressOptions(Console.Out, time, IsTerminal, Width, () => source.Progress))
                : null,
        };
        SummaryData? summary = await pipeline.RunAsync(CancellationToken.None);
        if (summary is null)
        {
            Console.Error.WriteLine(configuration.Snapshots.Directory is { Length: > 0 }
                ? "interrupted; --resume goes on from here"
                : "interrupted; without --checkpoint DIR there is nothing to go on from");
            return _interrupted;
        }

        if (summary.Rejected > 0)
        {
            foreach (DeadLetterSinkOptions letters in configuration.Sinks.Select(s => s.Options).OfType<DeadLetterSinkOptions>())
                Console.Error.WriteLine($"{summary.Rejected:N0} bad records are in {letters.File}");
        }

        if (arguments.SummaryFile is not null) SummaryWriter.Write(arguments.SummaryFile, summary);
        FinalSummary.Write(Console.Out, summary, ConsoleStyle.Detect(IsTerminal, Environment.GetEnvironmentVariable), Width);
        return ExitCodes.Done;
    }

    private static bool IsTerminal => !Console.IsOutputRedirected;

    private static int Width => IsTerminal ? Math.Max(20, Console.WindowWidth) : 120;

    private void Interrupt(PosixSignalContext signal, int code)
    {
        signal.Cancel = Interlocked.CompareExchange(ref _interrupted, code, 0) == 0;
        if (signal.Cancel) _stop.Cancel();
    }

    public override void Dispose()
    {
        _stop.Dispose();
        base.Dispose();
    }
}
