using System.Threading.Channels;

namespace Streaming.Ingest.WriteAhead;

/// <summary>Wakes the one who waits: however often it is set meanwhile, once. Set from any thread; one waiter.</summary>
internal sealed class Wakeup
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Wakes the waiter, or the next wait.</summary>
    public void Set() => _signal.Writer.TryWrite(true);

    /// <summary>Waits until it is set, and takes that back.</summary>
    public async ValueTask WaitAsync(CancellationToken ct) => await _signal.Reader.ReadAsync(ct);
}
