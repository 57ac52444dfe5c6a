using Streaming.Abstractions.Randomness;
using Streaming.Host.Snapshots;
using Streaming.Shared.Chaos;
using Xunit;

namespace Streaming.Host.Tests.Snapshots;

/// <summary>A crash, a full disk or a broken one at any moment never spoils the snapshots there are, and what is loaded is never half of anything.</summary>
public sealed class CrashPointTests
{
    private const string Folder = "/state/snapshots";
    private const int Last = 5;

    private static readonly Loss[] Losses = Enum.GetValues<Loss>();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Wherever_the_plug_is_pulled_the_newest_or_the_one_before_is_there_and_the_run_goes_on(int keep)
    {
        TornDisk whole = new();
        int all = 0;
        WriteAll(new SnapshotStore(Folder, keep, whole), ref all);
        Assert.True(whole.Operations > Last * 15, $"{whole.Operations} operations are fewer than there must be.");
        for (int stop = 1; stop <= whole.Operations; stop++)
        {
            foreach (double part in (double[])[0, 0.3, 0.99])
            {
                TornDisk disk = new() { StopAt = stop, Part = part };
                int written = 0;
                Assert.Throws<PulledException>(() => WriteAll(new SnapshotStore(Folder, keep, disk), ref written));
                foreach (Loss loss in Losses)
                {
                    for (ulong seed = 0; seed < (loss == Loss.Some ? 4u : 1u); seed++) GoesOn(disk.AfterCrash(loss, seed), keep, written);
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Whatever_operation_fails_the_snapshots_before_stay_and_the_next_can_be_written(int keep)
    {
        TornDisk whole = new();
        int all = 0;
        WriteAll(new SnapshotStore(Folder, keep, whole), ref all);
        for (int stop = 1; stop <= whole.Operations; stop++)
        {
            TornDisk disk = new() { StopAt = stop, Part = 0.5, Fails = true };
            SnapshotStore store = new(Folder, keep, disk);
            int written = 0;
            Assert.Throws<IOException>(() => WriteAll(store, ref written));
            GoesOn(disk, keep, written);
        }
    }

    [Fact]
    public void A_file_or_manifest_cut_at_any_byte_falls_back()
    {
        foreach (string name in Names(2))
        {
            TornDisk disk = TwoGenerations();
            byte[] good = disk.Read(name);
            for (int length = 0; length < good.Length; length++)
            {
                disk.Put(name, good[..length]);
                List<string> warnings = [];
                LoadedSnapshot loaded = new SnapshotStore(Folder, 3, disk).LoadNewest(warnings.Add)!;
                if (loaded.Epoch == 2)
                {
                    // Nothing is lost with the line's end.
                    Assert.Equal((good.Length - 1, true), (length, name.EndsWith(".json", StringComparison.Ordinal)));
                    continue;
                }

                Assert.Equal(1, loaded.Epoch);
                Assert.Contains("snapshot 2", Assert.Single(warnings), StringComparison.Ordinal);
                AssertIs(loaded, 1);
            }
        }
    }

    [Fact]
    public void Ten_thousand_flipped_bits_are_noticed_or_harmless()
    {
        TornDisk disk = TwoGenerations();
        CounterRng rng = new(41, 1);
        int harmless = 0;
        for (int n = 0; n < 10_000; n++)
        {
            string name = Names(2)[n % 2];
            byte[] good = disk.Read(name), bad = [.. good];
            bad[rng.NextBelow((ulong)bad.Length)] ^= (byte)(1 << (int)rng.NextBelow(8));
            disk.Put(name, bad);
            LoadedSnapshot loaded = new SnapshotStore(Folder, 3, disk).LoadNewest(_ => { })!;
            AssertIs(loaded, loaded.Epoch);
            if (loaded.Epoch == 2) harmless++;
            disk.Put(name, good);
        }

        Assert.InRange(harmless, 0, 500); // a letter of the manifest's checksum may be a capital
    }

    [Fact]
    public void Damage_that_was_passed_over_is_cleared_away_and_never_counts_as_a_generation()
    {
        TornDisk disk = new();
        SnapshotStore store = new(Folder, keep: 1, disk);
        // The process dies in its third snapshot, before the second is deleted; then the third turns out damaged.
        for (int epoch = 1; epoch <= 2; epoch++) Write(store, epoch);
        byte[] file = disk.Read(Names(2)[0]), manifest = disk.Read(Names(2)[1]);
        Write(store, 3);
        disk.Put(Names(2)[0], file);
        disk.Put(Names(2)[1], manifest);
        byte[] third = disk.Read(Names(3)[0]);
        third[^1] ^= 1;
        disk.Put(Names(3)[0], third);
        AssertIs(store.LoadNewest(_ => { })!, 2);
        // Another way of counting: the next has the number of one that is there.
        Write(store, 2);
        AssertIs(store.LoadNewest(Assert.Fail)!, 2);
        Assert.Equal(Names(2).Order(StringComparer.Ordinal), disk.Files(Folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_later_format_is_refused_with_what_to_do_and_nothing_older_is_taken_instead()
    {
        TornDisk disk = TwoGenerations();
        disk.Put(Names(2)[1], new Manifest(2, 2, 20, Path.GetFileName(Names(2)[0]), disk.Read(Names(2)[0]).Length, ["a", "b"]).ToBytes());
        NoValidSnapshotException refused = Assert.Throws<NoValidSnapshotException>(() => new SnapshotStore(Folder, 3, disk).LoadNewest(Assert.Fail));
        Assert.Contains("Snapshot 2", refused.Message, StringComparison.Ordinal);
        Assert.Contains("format 2", refused.Message, StringComparison.Ordinal);
        Assert.Contains("formats up to 1", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void One_that_may_no_longer_write_leaves_what_counts_as_it_is(int check)
    {
        TornDisk disk = TwoGenerations();
        SnapshotStore store = new(Folder, 1, disk) { Fence = new FallingFence(check) };
        Assert.Throws<IOException>(() => Write(store, 3));
        AssertIs(store.LoadNewest(Assert.Fail)!, 2);
    }

    /// <summary>Lets pass until the check with this number.</summary>
    private sealed class FallingFence(int last) : ISnapshotFence
    {
        private int _checks;

        public string Name => "0a";

        public void Check()
        {
            if (++_checks >= last) throw new IOException("another has taken over");
        }
    }

    private static void GoesOn(TornDisk disk, int keep, int written)
    {
        SnapshotStore store = new(Folder, keep, disk);
        LoadedSnapshot? loaded = store.LoadNewest(_ => { });
        long epoch = loaded?.Epoch ?? 0;
        Assert.InRange(epoch, written, written + 1);
        if (loaded is not null) AssertIs(loaded, epoch);
        Write(store, epoch + 1);
        AssertIs(store.LoadNewest(_ => { })!, epoch + 1);
        Assert.InRange(disk.Files(Folder).Count(f => Path.GetFileName(f).StartsWith("manifest", StringComparison.Ordinal) && f.EndsWith(".json", StringComparison.Ordinal)), 1, keep);
    }

    private static void WriteAll(SnapshotStore store, ref int written)
    {
        for (int epoch = 1; epoch <= Last; epoch++)
        {
            Write(store, epoch);
            written++;
        }
    }

    private static TornDisk TwoGenerations()
    {
        TornDisk disk = new();
        SnapshotStore store = new(Folder, 3, disk);
        Write(store, 1);
        Write(store, 2);
        return disk;
    }

    private static void Write(SnapshotStore store, long epoch)
    {
        using SnapshotSection a = SnapshotSection.Of("a", new SummingOperator(), epoch), b = SnapshotSection.Of("b", new Blob(Size(epoch)), epoch);
        store.Write(epoch, epoch * 10, [a, b]);
    }

    // Each has a content of its own.
    private static int Size(long epoch) => 20 + (int)epoch;

    private static void AssertIs(LoadedSnapshot loaded, long epoch)
    {
        Assert.Equal((epoch, epoch * 10), (loaded.Epoch, loaded.Events));
        Assert.Equal(["a", "b"], loaded.Sections.Keys.Order(StringComparer.Ordinal));
        System.Buffers.ArrayBufferWriter<byte> expected = new();
        Abstractions.State.StateWriter writer = new(expected);
        new Blob(Size(epoch)).Save(ref writer);
        Assert.Equal(expected.WrittenSpan.ToArray(), System.Buffers.BuffersExtensions.ToArray(loaded.Sections["b"].Payload));
    }

    private static string[] Names(int epoch) => [$"{Folder}/snapshot-{epoch:D8}.bin", $"{Folder}/manifest-{epoch:D8}.json"];
}
