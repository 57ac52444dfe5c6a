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
                using StageOwner saved = new(subject.Create()), resumed = new(subject.Create());
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
    public void State_that_ends_early_is_refused(string type, int options)
    {
        StageCase subject = StageCases.Create(type, options);
        using StageOwner whole = new(subject.Create());
        subject.Run(whole.Stage, new StageStream(Length, seed: 7, absurd: false), 0, 100, 1024);
        byte[] state = StateBytes.Save(whole.State);
        for (int length = 0; length < state.Length; length += 1 + (length / 16))
        {
            using StageOwner resumed = new(subject.Create());
            Assert.Throws<StateMismatchException>(() => StateBytes.Restore(resumed.State, state[..length]));
        }
    }
}
