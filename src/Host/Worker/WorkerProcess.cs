using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Streaming.Host.Cli;
using Streaming.Host.Configuration;

namespace Streaming.Host.Worker;

/// <summary>How a worker ended.</summary>
internal sealed class WorkerOutcome
{
    public int ExitCode { get; set; } = ExitCodes.Done;
}

/// <summary>What <c>streaming run</c> was told.</summary>
/// <param name="Layers">The configuration.</param>
/// <param name="Backfill">Logs to learn from before going live, as <see cref="Worker.Backfill"/> takes them.</param>
/// <param name="FromSnapshot">Folder of another worker's snapshots to begin from; null for none.</param>
internal sealed record WorkerArguments(ConfigurationLayers Layers, IReadOnlyList<string> Backfill, string? FromSnapshot);

/// <summary>A worker in the generic host, with the process's signals as its own.</summary>
internal static class WorkerProcess
{
    /// <summary>Runs a worker to its end.</summary>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(WorkerArguments arguments, CancellationToken ct)
    {
        WorkerOutcome outcome = new();
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(arguments).AddSingleton(outcome).AddSingleton(TimeProvider.System).AddHostedService<WorkerService>();
        // Signals are the worker's: the host's own handling would end the process before the last snapshot.
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        using IHost host = builder.Build();
        await host.RunAsync(ct);
        return outcome.ExitCode;
    }
}
