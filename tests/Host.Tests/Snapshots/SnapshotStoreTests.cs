using Streaming.Host.Snapshots;
using Streaming.Shared.Chaos;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Host.Tests.Snapshots;

public sealed class SnapshotStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_back()
    {
        SnapshotStore store = new(_folder.Path, keep: 3);
        Write(store, 1, events: 10, size: 3_000_000);
        LoadedSnapshot loaded = store.LoadNewest(Fail)!;
        Assert.Equal((1, 10), (loaded.Epoch, loaded.Events));
        Assert.Equal(["a", "b"], loaded.Sections.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(3_000_004, loaded.Sections["b"].Payload.Length);
        Assert.Equal(("blob", 1), (loaded.Sections["b"].Tag, loaded.Sections["b"].Version));
    }

    [Fact]
    public void Only_the_newest_generations_are_kept()
    {
        SnapshotStore store = new(_folder.Path, keep: 2);
        for (int epoch = 1; epoch <= 5; epoch++) Write(store, epoch, epoch * 10);
        Assert.Equal(["manifest-00000004.json", "manifest-00000005.json", "snapshot-00000004.bin", "snapshot-00000005.bin"], Files());
    }

    [Fact]
    public void No_manifest_means_no_snapshot_even_if_files_are_there()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "snapshot-00000007.bin"), "half written");
        File.WriteAllText(Path.Combine(_folder.Path, "manifest-00000007.json.tmp"), "{");
        Assert.Null(new SnapshotStore(_folder.Path, 3).LoadNewest(Fail));
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_noticed_and_falls_back_loudly()
    {
        SnapshotStore store = new(_folder.Path, keep: 3);
        Write(store, 1, events: 10);
        Write(store, 2, events: 20);
        foreach (string name in new[] { "snapshot-00000002.bin", "manifest-00000002.json" })
        {
            string path = Path.Combine(_folder.Path, name);
            byte[] good = File.ReadAllBytes(path);
            for (int i = 0; i < good.Length; i++)
            {
                byte[] bad = [.. good];
                bad[i] ^= (byte)(1 << (i % 8));
                File.WriteAllBytes(path, bad);
                List<string> warnings = [];
                Assert.Equal(1, store.LoadNewest(warnings.Add)!.Epoch);
                Assert.Contains("snapshot 2", Assert.Single(warnings), StringComparison.Ordinal);
            }

            File.WriteAllBytes(path, good);
        }

        Assert.Equal(2, store.LoadNewest(Fail)!.Epoch);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_noticed()
    {
        SnapshotStore store = new(_folder.Path, keep: 3);
        Write(store, 1, events: 10);
        string path = Path.Combine(_folder.Path, "snapshot-00000001.bin");
        byte[] good = File.ReadAllBytes(path);
        for (int length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.Throws<NoValidSnapshotException>(() => store.LoadNewest(_ => { }));
        }
    }

    [Fact]
    public void Clear_removes_every_trace_of_an_earlier_run()
    {
        SnapshotStore store = new(_folder.Path, keep: 3);
        Write(store, 1, events: 10);
        File.WriteAllText(Path.Combine(_folder.Path, "snapshot-00000002.bin.tmp"), "torn");
        File.WriteAllText(Path.Combine(_folder.Path, "mine.txt"), "not a snapshot");
        Assert.Equal(1, store.Clear());
        Assert.Equal(["mine.txt"], Files());
    }

    [Fact]
    public void A_checksum_is_the_published_one_and_does_not_depend_on_the_pieces()
    {
        Assert.Equal(0xE3069283u, Checksum.Of("123456789"u8));
        byte[] data = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))];
        uint pieces = Checksum.Append(Checksum.Append(Checksum.Append(Checksum.Start, data.AsSpan(0, 3)), data.AsSpan(3, 500)), data.AsSpan(503));
        Assert.Equal(Checksum.Of(data), ~pieces);
    }

    private static void Fail(string warning) => Assert.Fail(warning);

    private static void Write(SnapshotStore store, long epoch, long events, int size = 20)
    {
        using SnapshotSection a = SnapshotSection.Of("a", new SummingOperator(), epoch), b = SnapshotSection.Of("b", new Blob(size), epoch);
        store.Write(epoch, events, [a, b]);
    }

    private string[] Files() => [.. Directory.EnumerateFiles(_folder.Path).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
}
