using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Abstractions.Tests.Sources;

public sealed class SourcePositionTests
{
    private static SourcePosition Position(int seed)
    {
        SourcePosition position = new();
        PartitionPosition p = position.Single;
        (p.Partition, p.Records, p.Events, p.Filtered, p.File, p.Bytes, p.Lines, p.Time, p.Fingerprint) =
            (seed, seed + 1, seed + 2, seed + 3, seed + 4, seed + 5, seed + 6, -seed - 7, ulong.MaxValue - (ulong)seed);
        for (int i = 0; i < p.Rejected.Length; i++) p.Rejected[i] = seed + (10 * i);
        return position;
    }

    private static byte[] Save(SourcePosition position) => StateBytes.Write(position.Save);

    private static SourcePosition Restore(byte[] bytes, int version = 2)
    {
        SourcePosition position = new();
        StateBytes.Read(bytes, (ref reader) => position.Restore(ref reader, version));
        return position;
    }

    private static (long, long, long, long, int, long, long, long, ulong, long[], long[]) Fields(PartitionPosition p) =>
        (p.Partition, p.Records, p.Events, p.Filtered, p.File, p.Bytes, p.Lines, p.Time, p.Fingerprint, p.Rejected.ToArray(), p.Cursors.ToArray());

    [Fact]
    public void A_restored_position_is_the_saved_one()
    {
        SourcePosition saved = Position(3), restored = Restore(Save(saved));
        Assert.Equivalent(Fields(saved.Single), Fields(restored.Single), strict: true);
        Assert.Equal(Save(saved), Save(restored));
        Assert.Equal(saved.Single.RejectedTotal, restored.Single.RejectedTotal);
        Assert.Equal(saved.Single.Rejected.ToArray().Sum(), saved.Single.RejectedTotal);
    }

    [Fact]
    public void A_copy_is_equal_and_goes_its_own_way()
    {
        SourcePosition original = Position(5), copy = new();
        copy.CopyFrom(original);
        Assert.Equal(Save(original), Save(copy));
        original.Single.Records++;
        original.Single.Rejected[1]++;
        Assert.Equal(Save(Position(5)), Save(copy));
    }

    [Fact]
    public void Several_partitions_are_kept_and_are_no_single_one()
    {
        byte[] one = Save(Position(1))[4..], two = Save(Position(2))[4..];
        byte[] both = [2, 0, 0, 0, .. one, .. two];
        SourcePosition position = Restore(both);
        Assert.Equal([1, 2], position.Partitions.ToArray().Select(p => p.Partition));
        Assert.Equal(both, Save(position));
        Assert.Throws<InvalidOperationException>(() => position.Single);
        SourcePosition copy = Position(9);
        copy.CopyFrom(position);
        Assert.Equal(both, Save(copy));
    }

    [Fact]
    public void Positions_that_no_source_can_be_at_are_refused()
    {
        byte[] one = Save(Position(1))[4..], two = Save(Position(2))[4..];
        Assert.Throws<StateMismatchException>(() => Restore([2, 0, 0, 0, .. two, .. one]));
        Assert.Throws<StateMismatchException>(() => Restore([2, 0, 0, 0, .. one, .. one]));
        foreach (Action<PartitionPosition> spoil in (Action<PartitionPosition>[])[
            p => p.Partition = -1, p => p.Records = -1, p => p.Events = long.MinValue, p => p.Filtered = -1, p => p.File = -1,
            p => p.Bytes = long.MaxValue, p => p.Lines = -1, p => p.Rejected[2] = -1])
        {
            SourcePosition position = Position(1);
            spoil(position.Single);
            Assert.Throws<StateMismatchException>(() => Restore(Save(position)));
        }
    }

    [Fact]
    public void Reasons_that_a_snapshot_does_not_know_start_at_0()
    {
        byte[] state = First(Position(3));
        // Two reasons fewer, as an older version wrote them.
        int count = RejectionReasons.Count;
        int at = state.Length - (8 * count) - 4;
        byte[] older = [.. state[..at], (byte)(count - 2), 0, 0, 0, .. state[(at + 4)..^16]];
        long[] rejected = Restore(older, version: 1).Single.Rejected.ToArray();
        Assert.Equal([.. Position(3).Single.Rejected[..^2], 0, 0], rejected);
    }

    [Fact]
    public void Reasons_from_the_future_are_refused()
    {
        byte[] state = First(Position(3));
        int at = state.Length - (8 * RejectionReasons.Count) - 4;
        byte[] newer = [.. state[..at], (byte)(RejectionReasons.Count + 1), 0, 0, 0, .. state[(at + 4)..], .. new byte[8]];
        Assert.Throws<StateMismatchException>(() => Restore(newer, version: 1));
    }

    [Fact]
    public void Cursors_are_kept_by_topic_and_the_first_version_had_none()
    {
        SourcePosition position = Position(3);
        position.Single.MoveCursor(2, 70);
        position.Single.MoveCursor(0, 8);
        Assert.Equal([8, -1, 70], Restore(Save(position)).Single.Cursors.ToArray());
        SourcePosition copy = new();
        copy.CopyFrom(position);
        position.Single.MoveCursor(1, 5);
        Assert.Equal([8, -1, 70], copy.Single.Cursors.ToArray());
        Assert.Equal(0, Restore(First(Position(3)), version: 1).Single.Cursors.Length);
    }

    /// <summary>The position as version 1 wrote it: without the number of cursors at the end.</summary>
    private static byte[] First(SourcePosition position) => Save(position)[..^4];

    [Fact]
    public void Every_reason_has_a_label_in_lower_case_with_dashes()
    {
        RejectionReason[] reasons = Enum.GetValues<RejectionReason>();
        Assert.Equal(RejectionReasons.Count, reasons.Length);
        Assert.All(reasons, reason => Assert.Equal(
            string.Concat(reason.ToString().Select((c, i) => (i > 0 && char.IsUpper(c) ? "-" : "") + char.ToLowerInvariant(c))),
            reason.Label()));
    }
}
