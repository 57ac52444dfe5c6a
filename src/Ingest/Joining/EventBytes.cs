using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;

namespace Streaming.Ingest.Joining;

/// <summary>
/// An event with everything that lies in its batch's arenas, as bytes: for what outlives its batch. Little-endian, without padding:
/// <code>
/// offset 8 | time 8 | arrival 8 | user 8 | item 8 | value 8 | decision 8 | weight 4 | propensity 8 | chosen 4 | partition 4 | kind and topic 1
/// features 4 | actions 4 | rewards 4 | expected 4
/// each feature: key 8, value 4        each action: id 8, features 4, then those        each reward, then each expected one: 8
/// </code>
/// The kind is in the low three bits of its byte, the topic (at most <see cref="MaxTopics"/>) in the others.
/// </summary>
internal static class EventBytes
{
    /// <summary>Most topics that a source can have.</summary>
    public const int MaxTopics = 32;

    private const int KindBits = 3;
    private const int KindMask = (1 << KindBits) - 1;
    private const int Fixed = (8 * 8) + (3 * 4) + 1 + (4 * 4);
    private const int FeatureSize = 12;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    public static int LengthOf(in Event e, EventBatch batch)
    {
        int features = e.Features.Length;
        foreach (CandidateAction action in batch.Actions[e.Actions]) features += action.Features.Length;
        return Fixed + (FeatureSize * features) + (12 * e.Actions.Length) + (8 * (e.Rewards.Length + e.Expected.Length));
    }

    /// <summary>Writes an event of <paramref name="batch"/>.</summary>
    /// <param name="e">The event.</param>
    /// <param name="batch">Whose arenas it points into.</param>
    /// <param name="to">At least <see cref="LengthOf"/> bytes.</param>
    public static void Write(in Event e, EventBatch batch, Span<byte> to)
    {
        Put(ref to, e.Offset);
        Put(ref to, e.Time);
        Put(ref to, e.ArrivalTime);
        Put(ref to, e.User);
        Put(ref to, e.Item);
        Put(ref to, e.Value);
        Put(ref to, e.Decision);
        Put(ref to, e.Weight);
        Put(ref to, e.Propensity);
        Put(ref to, e.Chosen);
        Put(ref to, e.Partition);
        Put(ref to, (byte)((int)e.Kind | (e.Topic << KindBits)));
        Put(ref to, e.Features.Length);
        Put(ref to, e.Actions.Length);
        Put(ref to, e.Rewards.Length);
        Put(ref to, e.Expected.Length);
        PutFeatures(ref to, batch.Features[e.Features]);
        foreach (CandidateAction action in batch.Actions[e.Actions])
        {
            Put(ref to, action.Id);
            Put(ref to, action.Features.Length);
            PutFeatures(ref to, batch.Features[action.Features]);
        }

        foreach (double reward in batch.Rewards[e.Rewards]) Put(ref to, reward);
        foreach (double reward in batch.Rewards[e.Expected]) Put(ref to, reward);
    }

    /// <summary>Adds the event that was written to <paramref name="batch"/>.</summary>
    /// <param name="from">What <see cref="Write"/> wrote.</param>
    /// <param name="batch">Has room for an event.</param>
    public static ref Event Read(ReadOnlySpan<byte> from, EventBatch batch)
    {
        ref Event e = ref batch.Add();
        Take(ref from, out e.Offset);
        Take(ref from, out e.Time);
        Take(ref from, out e.ArrivalTime);
        Take(ref from, out e.User);
        Take(ref from, out e.Item);
        Take(ref from, out e.Value);
        Take(ref from, out e.Decision);
        Take(ref from, out e.Weight);
        Take(ref from, out e.Propensity);
        Take(ref from, out e.Chosen);
        Take(ref from, out e.Partition);
        Take(ref from, out byte kind);
        (e.Kind, e.Topic) = ((EventKind)(kind & KindMask), (byte)(kind >> KindBits));
        Take(ref from, out int features);
        Take(ref from, out int actions);
        Take(ref from, out int rewards);
        Take(ref from, out int expected);
        e.Features = TakeFeatures(ref from, batch, features);
        e.Actions = TakeActions(ref from, batch, actions);
        e.Rewards = TakeRewards(ref from, batch, rewards);
        e.Expected = TakeRewards(ref from, batch, expected);
        return ref e;
    }

    /// <summary>Key of the user of a written event.</summary>
    public static ulong UserOf(ReadOnlySpan<byte> from) => BinaryPrimitives.ReadUInt64LittleEndian(from[24..]);

    /// <summary>Whether these bytes, which come from a snapshot, are those of one event: lengths that add up, a kind that exists.</summary>
    public static bool AreWhole(ReadOnlySpan<byte> from)
    {
        if (from.Length < Fixed || (from[Fixed - 17] & KindMask) > (byte)EventKind.Control) return false;
        ReadOnlySpan<byte> counts = from[(Fixed - 16)..];
        Take(ref counts, out int features);
        Take(ref counts, out int actions);
        Take(ref counts, out int rewards);
        Take(ref counts, out int expected);
        if ((features | actions | rewards | expected) < 0) return false;
        long at = Fixed + ((long)FeatureSize * features);
        for (int i = 0; i < actions; i++)
        {
            if (at + 12 > from.Length) return false;
            int own = BinaryPrimitives.ReadInt32LittleEndian(from[((int)at + 8)..]);
            if (own < 0) return false;
            at += 12 + ((long)FeatureSize * own);
        }

        return at + (8L * rewards) + (8L * expected) == from.Length;
    }

    private static void PutFeatures(ref Span<byte> to, ReadOnlySpan<Feature> features)
    {
        foreach (Feature feature in features)
        {
            Put(ref to, feature.Key);
            Put(ref to, feature.Value);
        }
    }

    private static ArenaSpan TakeFeatures(ref ReadOnlySpan<byte> from, EventBatch batch, int count)
    {
        int start = batch.Features.Length;
        for (int i = 0; i < count; i++)
        {
            Take(ref from, out ulong key);
            Take(ref from, out float value);
            batch.Features.Add(new Feature(key, value));
        }

        return new ArenaSpan(start, count);
    }

    private static ArenaSpan TakeActions(ref ReadOnlySpan<byte> from, EventBatch batch, int count)
    {
        int start = batch.Actions.Length;
        for (int i = 0; i < count; i++)
        {
            Take(ref from, out ulong id);
            Take(ref from, out int features);
            batch.Actions.Add(new CandidateAction(id, TakeFeatures(ref from, batch, features)));
        }

        return new ArenaSpan(start, count);
    }

    private static ArenaSpan TakeRewards(ref ReadOnlySpan<byte> from, EventBatch batch, int count)
    {
        int start = batch.Rewards.Length;
        for (int i = 0; i < count; i++)
        {
            Take(ref from, out double reward);
            batch.Rewards.Add(reward);
        }

        return new ArenaSpan(start, count);
    }

    private static void Put<T>(ref Span<byte> to, T value)
        where T : unmanaged
    {
        Unsafe.WriteUnaligned(ref to[..Unsafe.SizeOf<T>()][0], value);
        to = to[Unsafe.SizeOf<T>()..];
    }

    private static void Take<T>(ref ReadOnlySpan<byte> from, out T value)
        where T : unmanaged
    {
        value = Unsafe.ReadUnaligned<T>(ref Unsafe.AsRef(in from[..Unsafe.SizeOf<T>()][0]));
        from = from[Unsafe.SizeOf<T>()..];
    }
}
