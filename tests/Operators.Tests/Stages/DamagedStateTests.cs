using System.Buffers;
using System.Buffers.Binary;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Stages;

/// <summary>State that was changed on the way is refused, or does no harm: nothing hangs, and nothing is read or written that is not the stage's.</summary>
public sealed class DamagedStateTests
{
    private const int Length = 1200;

    public static IEnumerable<TheoryDataRow<string, int>> Cases => StageCases.All.Select(c => new TheoryDataRow<string, int>(c.Type, c.Options));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Damaged_state_is_refused_or_harmless(string type, int options)
    {
        StageCase subject = StageCases.Create(type, options);
        StageStream stream = new(Length, seed: 6, absurd: true);
        foreach (int cut in (int[])[40, 700])
        {
            using StageOwner whole = new(subject.Create());
            subject.Run(whole.Stage, stream, 0, cut, 1024);
            byte[] state = StateBytes.Save(whole.State);
            CounterRng rng = new(8, (ulong)cut);
            for (int n = 0; n < 30; n++) TryWith(subject, Damage(state, ref rng), stream, cut);
        }
    }

    // A bit, a byte or a number of four or eight bytes becomes another; numbers mostly become what breaks things.
    private static byte[] Damage(byte[] state, ref CounterRng rng)
    {
        long[] numbers = [0, -1, 1, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 2, 100, BitConverter.DoubleToInt64Bits(double.NaN), BitConverter.DoubleToInt64Bits(-1e300)];
        byte[] damaged = [.. state];
        int at = (int)rng.NextBelow((ulong)state.Length);
        long number = numbers[rng.NextBelow((ulong)numbers.Length)];
        switch (rng.NextBelow(4))
        {
            case 0:
                damaged[at] ^= (byte)(1 << (int)rng.NextBelow(8));
                break;
            case 1:
                damaged[at] = (byte)rng.NextBelow(256);
                break;
            case 2 when at + 4 <= state.Length:
                BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(at), (int)number);
                break;
            case 3 when at + 8 <= state.Length:
                BinaryPrimitives.WriteInt64LittleEndian(damaged.AsSpan(at), number);
                break;
        }

        return damaged;
    }

    private static void TryWith(StageCase subject, byte[] state, StageStream stream, int cut)
    {
        using StageOwner resumed = new(subject.Create());
        try
        {
            StateReader reader = new(new ReadOnlySequence<byte>(state));
            resumed.State.Restore(ref reader, resumed.State.StateVersion);
            if (reader.Remaining > 0) return; // whoever reads snapshots refuses what is left over
        }
        catch (StateMismatchException)
        {
            return;
        }

        subject.Run(resumed.Stage, stream, cut, Length, 256);
        StageCase.Report(resumed.Stage);
        StateBytes.Save(resumed.State);
    }
}
