using Microsoft.Extensions.Hosting;

namespace Streaming.Host.Cli;

/// <summary>A host that lives as long as its one service says, and leaves the signals to it.</summary>
internal sealed class OwnLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
