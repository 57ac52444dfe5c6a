using Streaming.Abstractions.Randomness;
using Streaming.Shared.Kafka;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>Does to a cluster of one broker and the topic <c>events</c> what a seed draws, every 5 to 20 s; each fault passes within 3 s.</summary>
internal static class BrokerFaults
{
    private const int OffsetCommit = 8;
    private const int Heartbeat = 12;
    private const int NotCoordinator = 16;
    private const int IllegalGeneration = 22;
    private const int UnknownMember = 25;
    private const int RebalanceInProgress = 27;
    private const int Disconnect = -195;

    /// <summary>Makes faults until it is cancelled, and mends the last.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> RunAsync(MockCluster cluster, CounterRng chance, CancellationToken ct)
    {
        int faults = 0;
        while (await PassesAsync(5000 + (int)chance.NextBelow(15_000), ct))
        {
            faults++;
            int outage = 500 + (int)chance.NextBelow(2500);
            switch (chance.NextBelow(6))
            {
                case 0:
                    await cluster.DownAsync(1);
                    await PassesAsync(outage, ct);
                    await cluster.UpAsync(1);
                    break;
                case 1:
                    await cluster.LeadAsync("events", 0, -1);
                    await PassesAsync(outage, ct);
                    await cluster.LeadAsync("events", 0, 1);
                    break;
                case 2:
                    await cluster.RoundTripAsync(1, 200);
                    await PassesAsync(outage, ct);
                    await cluster.RoundTripAsync(1, 0);
                    break;
                case 3:
                    await cluster.FailAsync(OffsetCommit, RebalanceInProgress, Disconnect, IllegalGeneration);
                    break;
                case 4:
                    await cluster.FailAsync(Heartbeat, NotCoordinator, Disconnect);
                    break;
                default:
                    await cluster.FailAsync(Heartbeat, UnknownMember);
                    break;
            }
        }

        return faults;
    }

    private static async Task<bool> PassesAsync(int milliseconds, CancellationToken ct)
    {
        try
        {
            await Task.Delay(milliseconds, ct);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
