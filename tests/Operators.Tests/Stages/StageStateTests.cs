using System.Buffers;
using System.Buffers.Binary;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Stages;

/// <summary>What the state of every stage promises, whichever it is and whatever it has seen.</summary>
public sealed class StageStateTests
{
    private const int Length = 1200;

    public static IEnumerable<TheoryDataRow<string, int>> Cases => StageCases.All.Select(c => new TheoryDataRow<string, int>(c.Type, c.Options));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_restored_stage_goes_on_bit_for_bit_wherever_it_was_saved_and_batches_are_cut(string type, int options)
    {
        StageCase subject = StageCases.Create(type, options);
        foreach (bool absurd in new[] { false, true })
        {
            StageStream stream = new(Length, seed: 5, absurd);
            IOperator whole = subject.Create();
            long[] outputs = subject.Run(whole, stream, 0, Length, 1024);
            int width = outputs.Length / Length;
            byte[] end = StateBytes.Save((IStateful)whole);
            foreach (int cut in (int[])[0, 1, 2, 17, 63, 250, 601, 1199, Length])
            {
                using Owner saved = new(subject.Create()), resumed = new(subject.Create());
                Assert.Equal(outputs[..(cut * width)], subject.Run(saved.Stage, stream, 0, cut, 7));
                byte[] state = StateBytes.Save(saved.State);
                StateBytes.Restore(resumed.State, state);
                Assert.Equal(state, StateBytes.Save(resumed.State));
                Assert.Equal(StageCase.Report(saved.Stage), StageCase.Report(resumed.Stage));
                Assert.Equal(outputs[(cut * width)..], subject.Run(resumed.Stage, stream, cut, Length, 100));
                Assert.Equal(StageCase.Report(whole), StageCase.Report(resumed.Stage));
                Assert.Equal(end, StateBytes.Save(resumed.State));
            }

            (whole as IDisposable)?.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Damaged_state_is_refused_or_harmless(string type, int options)
    {
        StageCase subject = StageCases.Create(type, options);
        StageStream stream = new(Length, seed: 6, absurd: true);
        foreach (int cut in (int[])[40, 700])
        {
            using Owner whole = new(subject.Create());
            subject.Run(whole.Stage, stream, 0, cut, 1024);
            byte[] state = StateBytes.Save(whole.State);
            CounterRng rng = new(8, (ulong)cut);
            for (int n = 0; n < 50; n++) TryWith(subject, Damage(state, ref rng), stream, cut);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void State_that_ends_early_is_refused(string type, int options)
    {
        StageCase subject = StageCases.Create(type, options);
        using Owner whole = new(subject.Create());
        subject.Run(whole.Stage, new StageStream(Length, seed: 7, absurd: false), 0, 100, 1024);
        byte[] state = StateBytes.Save(whole.State);
        for (int length = 0; length < state.Length; length += 1 + (length / 16))
        {
            using Owner resumed = new(subject.Create());
            Assert.Throws<StateMismatchException>(() => StateBytes.Restore(resumed.State, state[..length]));
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
        using Owner resumed = new(subject.Create());
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

    private readonly struct Owner(IOperator stage) : IDisposable
    {
        public IOperator Stage => stage;

        public IStateful State => (IStateful)stage;

        public void Dispose() => (stage as IDisposable)?.Dispose();
    }
}
