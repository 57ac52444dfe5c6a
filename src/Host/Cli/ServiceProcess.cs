using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Streaming.Host.Cli;

/// <summary>How the service of a process ended.</summary>
internal sealed class ProcessOutcome
{
    public int ExitCode { get; set; } = ExitCodes.Done;
}

/// <summary>One service in the generic host, with the process's signals as its own.</summary>
internal static class ServiceProcess
{
    /// <summary>Runs a service to its end. It is given its arguments, and says in a <see cref="ProcessOutcome"/> how it ended.</summary>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync<TService, TArguments>(TArguments arguments, CancellationToken ct)
        where TService : class, IHostedService
        where TArguments : class
    {
        ProcessOutcome outcome = new();
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(arguments).AddSingleton(outcome).AddSingleton(TimeProvider.System).AddHostedService<TService>();
        // Signals are the service's: the host's own handling would end the process before the last snapshot.
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        using IHost host = builder.Build();
        await host.RunAsync(ct);
        return outcome.ExitCode;
    }
}
