using System.Globalization;
using System.Text;
using Streaming.Abstractions.Keys;
using Streaming.Host.Files;
using Streaming.Host.Snapshots;

namespace Streaming.Host.Shards;

/// <summary>This process owns the shard no more: another one has taken it.</summary>
internal sealed class ShardLostException(string message) : IOException(message);

/// <summary>
/// Says whose a shard's folder is, so that a process that was thought dead, or has not heard yet that its partition moved, publishes no snapshot over those of its successor.
/// The file <c>owner</c> of the folder has the name of who took the shard last; it is read again before each manifest.
/// </summary>
/// <remarks>
/// Between that look and the manifest's rename a successor may still come: its own first snapshot then has a higher number, or the same and replaces it, so that what counts
/// is the successor's from then on. Safe from any thread.
/// </remarks>
internal sealed class ShardLease : ISnapshotFence
{
    private const string FileName = "owner";
    private static int _taken;

    private readonly string _path;
    private readonly string _name;
    private volatile bool _dropped;

    private ShardLease(string path, string name) => (_path, _name) = (path, name);

    /// <inheritdoc/>
    public string Name => TokenOf(_name);

    /// <summary>Takes the shard whose state is in <paramref name="folder"/>, from whoever had it.</summary>
    /// <param name="folder">Made if it does not exist.</param>
    /// <param name="time">Tells this taking from those before.</param>
    public static ShardLease Take(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        string name = string.Create(
            CultureInfo.InvariantCulture, $"{Environment.MachineName} {Environment.ProcessId} {time.GetUtcNow().UtcTicks} {Interlocked.Increment(ref _taken)}");
        string path = Path.Combine(folder, FileName);
        new DurableFiles(new SystemFiles()).Replace(path, stream => stream.Write(Encoding.UTF8.GetBytes(name)), temporary: $"{path}-{TokenOf(name)}.tmp");
        return new ShardLease(path, name);
    }

    /// <summary>This process knows that the shard is not its own any more: nothing is published from now on.</summary>
    public void Drop() => _dropped = true;

    /// <inheritdoc/>
    /// <exception cref="ShardLostException">The shard is somebody else's.</exception>
    public void Check()
    {
        if (_dropped) throw new ShardLostException($"{_path}: the shard was given up.");
        string found = File.ReadAllText(_path);
        if (found != _name) throw new ShardLostException($"{_path}: the shard was taken by '{found}' from this process ('{_name}').");
    }

    private static string TokenOf(string name) => XxHash64.Hash(Encoding.UTF8.GetBytes(name), 0).ToString("x16", CultureInfo.InvariantCulture);
}
