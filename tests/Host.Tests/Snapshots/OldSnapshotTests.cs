using System.Buffers;
using Streaming.Host.Snapshots;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Host.Tests.Snapshots;

/// <summary>
/// Snapshots that were written when their format was new are read for as long as it is understood: the state of every kind of stage, in the middle of a log.
/// Made by <c>streaming replay log.jsonl --pipeline pipeline.json --checkpoint . --checkpoint-every 100</c>, and never made again: a layout that changes has a
/// version of its own, and reads this one.
/// </summary>
public sealed class OldSnapshotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_snapshot_of_format_1_goes_on_as_if_it_were_of_today()
    {
        string golden = Path.Combine(AppContext.BaseDirectory, "Golden", "snapshot-format-1"), pipeline = Path.Combine(golden, "pipeline.json");
        (string, string)[] log = [("Source:Type", "file"), ("Source:Paths:0", Path.Combine(golden, "log.jsonl"))];
        string old = Directory.CreateDirectory(_folder.File("old")).FullName;
        foreach (string file in Directory.EnumerateFiles(golden, "*-00000001.*")) File.Copy(file, Path.Combine(old, Path.GetFileName(file)));
        IReadOnlyList<string> said = await SnapshotRun.RunAsync(pipeline, old, resume: true, [.. log, ("Snapshots:Every", "100")]);
        Assert.Equal("resumed from snapshot 1 at event 100", said[^1]);
        Assert.DoesNotContain(said, s => s.Contains("starts fresh", StringComparison.Ordinal));

        // Every stage ends where it ends without a stop; but rankings measure more than they did, and what they had not counted they do not know.
        await SnapshotRun.RunAsync(pipeline, _folder.File("whole"), resume: false, [.. log, ("Snapshots:Every", "100")]);
        IReadOnlyDictionary<string, LoadedSection> whole = Newest(_folder.File("whole")), resumed = Newest(old);
        Assert.Equal(whole.Keys.Order(StringComparer.Ordinal), resumed.Keys.Order(StringComparer.Ordinal));
        foreach ((string id, LoadedSection section) in whole)
        {
            Assert.Equal(section.Payload.Length, resumed[id].Payload.Length);
            Assert.Equal(section.Tag != "ranking", section.Payload.ToArray().AsSpan().SequenceEqual(resumed[id].Payload.ToArray()));
        }
    }

    private static IReadOnlyDictionary<string, LoadedSection> Newest(string folder) => new SnapshotStore(folder, 3).LoadNewest(Assert.Fail)!.Sections;
}
