using System.Globalization;
using System.Text.RegularExpressions;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>
/// Looks at the <c>owner</c> files of a group's shards all the time, and compares who took them when with what the processes say themselves: a shard is taken only while no
/// other process has it.
/// </summary>
internal sealed partial class OwnershipWatch : IAsyncDisposable
{
    private readonly KafkaWorker _group;
    private readonly int _shards;
    private readonly CancellationTokenSource _stop = new();
    private readonly SortedSet<(int Shard, long Ticks, int Process)> _takings = [];
    private readonly List<Tenure> _tenures = [];
    private readonly Task _running;

    public OwnershipWatch(KafkaWorker group, int shards)
    {
        (_group, _shards) = (group, shards);
        _running = Task.Run(WatchAsync);
    }

    /// <summary>Takes the log of a process that has ended just now.</summary>
    public void Add(int process, ProcessResult ended)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Dictionary<int, DateTimeOffset> open = [];
        foreach (Match line in Lines().Matches(ended.Error))
        {
            int shard = int.Parse(line.Groups["shard"].Value, CultureInfo.InvariantCulture);
            DateTimeOffset time = DateTimeOffset.Parse(line.Groups["time"].Value, CultureInfo.InvariantCulture);
            if (line.Groups["what"].Value == "assigned") open.Add(shard, time);
            else if (open.Remove(shard, out DateTimeOffset from)) _tenures.Add(new Tenure(shard, process, from, time));
        }

        // Killed while it had them.
        _tenures.AddRange(open.Select(o => new Tenure(o.Key, process, o.Value, now)));
    }

    /// <summary>Insists that no shard ever had two owners, and that every process had been told of what it took.</summary>
    public async Task<int> AssertAsync()
    {
        await _stop.CancelAsync();
        await _running;
        foreach (Tenure tenure in _tenures)
        {
            Assert.Contains(_takings, t => t.Shard == tenure.Shard && t.Process == tenure.Process && t.Ticks <= tenure.From.UtcTicks + TimeSpan.TicksPerMillisecond);
            Assert.DoesNotContain(_takings, t => t.Shard == tenure.Shard && t.Process != tenure.Process && t.Ticks > tenure.From.UtcTicks && t.Ticks < tenure.To.UtcTicks);
            Assert.DoesNotContain(_tenures, o => o.Shard == tenure.Shard && o.Process != tenure.Process && o.From < tenure.To && tenure.From < o.To);
        }

        foreach (IGrouping<int, Tenure> shard in _tenures.GroupBy(t => t.Shard)) Assert.Equal(shard.MaxBy(t => t.From)!.Process, _takings.Where(t => t.Shard == shard.Key).Max().Process);
        return _tenures.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        do
        {
            for (int shard = 0; shard < _shards; shard++)
            {
                string file = Path.Combine(_group.SnapshotsOf(shard), "owner");
                if (!File.Exists(file)) continue;
                string[] words = File.ReadAllText(file).Split(' '); // machine, process, ticks, number
                _takings.Add((shard, long.Parse(words[^2], CultureInfo.InvariantCulture), int.Parse(words[^3], CultureInfo.InvariantCulture)));
            }
        }
        while (await TickAsync(timer));
    }

    private async Task<bool> TickAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^(?<time>\S+Z) \w+: \S+ shard (?<shard>\d+) (?<what>assigned|revoked|lost)", RegexOptions.Multiline)]
    private static partial Regex Lines();

    private sealed record Tenure(int Shard, int Process, DateTimeOffset From, DateTimeOffset To);
}
