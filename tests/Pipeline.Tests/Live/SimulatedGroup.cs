using System.Globalization;
using System.Text;
using Streaming.Abstractions.Randomness;
using Streaming.Host.Configuration;
using Streaming.Host.Shards;
using Streaming.Host.Snapshots;
using Streaming.Shared.Files;
using Streaming.Shared.Time;

namespace Streaming.Pipeline.Tests.Live;

/// <summary>
/// A group of workers to which a seed does what the world does to them: records good and bad, late rewards, kills, rebalances, partitions taken from a process that does not
/// know it, snapshots at any moment, damaged snapshots, jumps of the clock, pauses, orderly ends.
/// </summary>
internal sealed class SimulatedGroup : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PipelineConfiguration _configuration;
    private readonly List<SimulatedProcess> _processes = [];
    private readonly Dictionary<int, SimulatedProcess> _owners = [];
    private readonly List<(SimulatedProcess Process, int Partition)> _zombies = [];
    private readonly HashSet<SimulatedProcess> _robbed = [];
    private readonly ulong _seed;
    private readonly long[] _produced;
    private CounterRng _chance;
    private int _started;

    public SimulatedGroup(PipelineConfiguration configuration, ulong seed, int partitions)
    {
        (_configuration, _seed, _chance, Broker, _produced) = (configuration, seed, new CounterRng(seed, 1), new SimulatedBroker(partitions), new long[partitions]);
    }

    public SimulatedBroker Broker { get; }

    public ManualClock Time { get; } = new();

    /// <summary>What was done, for the message of a failure.</summary>
    public List<string> Story { get; } = [];

    public string Folder => _folder.Path;

    public async Task RunAsync(int actions)
    {
        await StartAsync();
        for (int p = 0; p < Broker.Partitions; p++) await GiveAsync(p, _processes[0]);
        for (int i = 0; i < actions; i++) await ActAsync();
        await SettleAsync();
    }

    /// <summary>The newest snapshot of every shard, section by section.</summary>
    public static string StateOf(string folder, int partition)
    {
        StringBuilder text = new();
        LoadedSnapshot snapshot = new SnapshotStore(Path.Combine(folder, $"shard-{partition}"), 3).LoadNewest(_ => { })!;
        foreach ((string id, LoadedSection section) in snapshot.Sections.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            byte[] payload = new byte[section.Payload.Length];
            System.Buffers.BuffersExtensions.CopyTo(section.Payload, payload);
            text.AppendLine(CultureInfo.InvariantCulture, $"{id} {section.Tag} {payload.Length} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(payload))}");
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SimulatedProcess process in _processes) await process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task ActAsync()
    {
        int partition = Draw(Broker.Partitions);
        switch (Draw(20))
        {
            case < 9:
                Say($"produce to {partition}");
                for (int n = 1 + Draw(400); n > 0; n--) Broker.Produce(partition, Record(partition));
                break;
            case 9 or 10:
                await StartAsync();
                break;
            case 11 or 12:
                await MoveAsync(partition);
                break;
            case 13:
                await KillAsync(_owners[partition]);
                break;
            case 14:
                Say($"partition {partition} is taken from {_owners[partition].Name} without a word");
                _zombies.Add((_owners[partition], partition));
                _robbed.Add(_owners[partition]);
                await StartAsync();
                _owners.Remove(partition);
                await GiveAsync(partition, _processes[^1]);
                break;
            case 15 or 16:
                Say($"snapshot of {partition}");
                await _owners[partition].SnapshotAsync(partition);
                break;
            case 17:
                await CorruptAsync(partition);
                break;
            case 18:
                Say("the clock jumps");
                Time.Advance(TimeSpan.FromSeconds(Draw(200)));
                Broker.Nudge();
                break;
            default:
                Say($"{_owners[partition].Name} pauses and goes on");
                _owners[partition].Supervisor.Pause.Close();
                _owners[partition].Supervisor.Pause.Open();
                break;
        }

        await BuryAsync();
    }

    private async Task StartAsync()
    {
        if (_processes.Count >= 3) return;
        SimulatedProcess process = new($"process {++_started}", Broker, _configuration, _folder.Path, _seed + (ulong)_started, Time);
        Say($"{process.Name} starts");
        _processes.Add(process);
        await Task.CompletedTask;
    }

    private async Task MoveAsync(int partition)
    {
        SimulatedProcess to = _processes[Draw(_processes.Count)], from = _owners[partition];
        if (to == from || from.Supervisor.Fault is not null) return;
        Say($"{partition} moves from {from.Name} to {to.Name}");
        await from.Supervisor.RevokeAsync(partition);
        if (from.Supervisor.Fault is not null) return; // buried next: its partitions are given to others
        _owners.Remove(partition);
        await GiveAsync(partition, to);
    }

    private async Task GiveAsync(int partition, SimulatedProcess to)
    {
        await EndZombieAsync(to, partition);
        Say($"{partition} is given to {to.Name}");
        _owners[partition] = to;
        await to.AssignAsync(partition);
    }

    private async Task EndZombieAsync(SimulatedProcess process, int partition)
    {
        if (!_zombies.Remove((process, partition))) return;
        Say($"{process.Name} hears that it has lost {partition}");
        await process.Supervisor.LoseAsync(partition);
    }

    private async Task KillAsync(SimulatedProcess process)
    {
        Say($"{process.Name} is killed");
        await RemoveAsync(process);
    }

    private async Task BuryAsync()
    {
        while (_processes.Find(p => p.Supervisor.Fault is not null) is { } dead) await BuryAsync(dead);
    }

    /// <summary>A process that noticed that a shard is not its own, or failed for another reason, has ended.</summary>
    private async Task BuryAsync(SimulatedProcess process)
    {
        if (Unwrap(process.Supervisor.Fault!) is not ShardLostException || !_robbed.Contains(process))
            throw new InvalidOperationException($"{process.Name} failed: {process.Supervisor.Fault}");
        Say($"{process.Name} ends: {process.Supervisor.Fault!.Message}");
        await RemoveAsync(process);
    }

    private async Task RemoveAsync(SimulatedProcess process)
    {
        await process.DisposeAsync();
        _processes.Remove(process);
        _zombies.RemoveAll(z => z.Process == process);
        if (_processes.Count == 0) await StartAsync();
        foreach (int partition in _owners.Where(o => o.Value == process).Select(o => o.Key).Order().ToArray()) await GiveAsync(partition, _processes[Draw(_processes.Count)]);
    }

    /// <summary>The newest snapshot of a shard loses a bit while nobody has it; there must be one before it to fall back to.</summary>
    private async Task CorruptAsync(int partition)
    {
        SimulatedProcess owner = _owners[partition];
        string folder = Path.Combine(_folder.Path, $"shard-{partition}");
        await owner.SnapshotAsync(partition);
        if (owner.Supervisor.Fault is not null) return;
        await owner.Supervisor.LoseAsync(partition);
        string[] manifests = [.. Directory.EnumerateFiles(folder, "manifest-*.json").Order(StringComparer.Ordinal)];
        if (manifests.Length > 1)
        {
            Say($"the newest snapshot of {partition} is damaged");
            string file = Path.Combine(folder, Manifest.Parse(await File.ReadAllBytesAsync(manifests[^1])).File);
            byte[] bytes = await File.ReadAllBytesAsync(file);
            bytes[Draw(bytes.Length)] ^= (byte)(1 << Draw(8));
            await File.WriteAllBytesAsync(file, bytes);
        }

        _owners.Remove(partition);
        await GiveAsync(partition, owner);
    }

    private async Task SettleAsync()
    {
        Say("settle");
        foreach ((SimulatedProcess process, int partition) in _zombies.ToArray()) await EndZombieAsync(process, partition);
        await BuryAsync();
        for (int p = 0; p < Broker.Partitions; p++)
        {
            await Broker.WhenDrainedAsync(p);
            await _owners[p].Supervisor.RevokeAsync(p);
            if (_owners[p].Supervisor.Fault is { } fault) throw new InvalidOperationException($"{_owners[p].Name} failed: {fault}");
        }
    }

    private byte[] Record(int partition)
    {
        long n = _produced[partition]++;
        int user = Draw(40), item = Draw(30);
        string text = Draw(50) switch
        {
            0 => $$"""{"ts":{{n}},"user":"u{{user}}","item":""",
            1 => $$"""{"ts":{{n}},"user":"u{{user}}","item":"i{{item}}","value":"NaN"}""",
            < 8 => $$"""{"ts":{{n}},"decision":"d{{partition}}-{{n}}","user":"u{{user}}","actions":[{"id":"a"},{"id":"b"},{"id":"c"}],"chosen":{{Draw(3)}},"propensity":0.33}""",
            < 14 => $$"""{"ts":{{n}},"decision":"d{{partition}}-{{Math.Max(0, n - Draw(60))}}","reward":{{Draw(2)}}}""",
            _ => $$"""{"ts":{{n}},"user":"u{{user}}","item":"i{{item}}","value":{{1 + ((user + item) % 5)}}}""",
        };
        return Encoding.UTF8.GetBytes(text);
    }

    private static Exception Unwrap(Exception e) => e is Host.Graph.PipelineFaultException { InnerException: { } inner } ? inner : e;

    private int Draw(int bound) => (int)_chance.NextBelow((ulong)bound);

    private void Say(string what) => Story.Add(what);
}
