using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Drift;

/// <summary>What every detector of the catalogue promises, in every variant.</summary>
public class DetectorContractTests
{
    private static readonly double[] Errors = DetectorVariants.Errors(7000, seed: 5);

    public static TheoryData<string> Names() => [.. DetectorVariants.All.Select(v => v.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_changing_error_rate_is_noticed(string name) =>
        Assert.NotEmpty(DriftTrace.Of(Create(name), [.. new double[1000], .. Enumerable.Repeat(1.0, 1000)]).Drifts);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_constant_is_no_drift(string name) => Assert.Empty(DriftTrace.Of(Create(name), [.. Enumerable.Repeat(0.1, 20_000)]).Drifts);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_values_give_the_same_signals(string name) => Assert.Equal(Signals(Create(name), Errors), Signals(Create(name), Errors));

    [Theory]
    [MemberData(nameof(Names))]
    public void Saved_and_restored_anywhere_it_goes_on_with_the_same_signals_and_state(string name)
    {
        DriftSignal[] expected = Signals(Create(name), Errors);
        IDriftDetector running = Create(name);
        for (int cut = 0; cut < Errors.Length; cut++)
        {
            if (cut % 149 == 0 || (cut > 0 && expected[cut - 1] == DriftSignal.Drift))
            {
                byte[] saved = StateBytes.Save(running);
                IDriftDetector restored = Create(name);
                StateBytes.Restore(restored, saved);
                Assert.Equal(saved, StateBytes.Save(restored));
                int end = Math.Min(Errors.Length, cut + 800);
                Assert.Equal(expected[cut..end], Signals(restored, Errors[cut..end]));
            }

            running.Update(Errors[cut]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Restoring_forgets_what_was_there(string name)
    {
        IDriftDetector used = Create(name);
        Signals(used, Errors[..3000]);
        StateBytes.Restore(used, StateBytes.Save(Create(name)));
        Assert.Equal(Signals(Create(name), Errors), Signals(used, Errors));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Reset_is_a_fresh_start(string name)
    {
        IDriftDetector used = Create(name);
        Signals(used, Errors[..1234]);
        used.Reset();
        Assert.Equal(StateBytes.Save(Create(name)), StateBytes.Save(used));
        Assert.Equal(Signals(Create(name), Errors), Signals(used, Errors));
    }

    // Restore refuses numbers that are not finite: a state that can be restored is a finite one.
    [Theory]
    [MemberData(nameof(Names))]
    public void Extreme_values_leave_a_finite_state(string name)
    {
        double[] extremes = [1e300, -1e300, 0, double.MaxValue, double.MinValue, double.Epsilon, 1, 1e300, 1e300];
        IDriftDetector detector = Create(name);
        for (int round = 0; round < 500; round++)
        {
            Signals(detector, extremes);
            if (round % 50 == 0) StateBytes.Restore(Create(name), StateBytes.Save(detector));
        }

        StateBytes.Restore(Create(name), StateBytes.Save(detector));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_that_are_not_finite_are_ignored(string name)
    {
        IDriftDetector detector = Create(name);
        List<DriftSignal> signals = [];
        foreach (double value in Errors)
        {
            Assert.Equal(DriftSignal.None, detector.Update(double.NaN));
            signals.Add(detector.Update(value));
            Assert.Equal(DriftSignal.None, detector.Update(double.PositiveInfinity));
        }

        Assert.Equal(Signals(Create(name), Errors), signals);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_update_allocates_nothing(string name)
    {
        IDriftDetector detector = Create(name);
        Run(detector);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(detector);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Run(IDriftDetector detector)
        {
            foreach (double value in Errors) detector.Update(value);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_snapshot_of_another_variant_or_of_half_a_state_is_refused(string name)
    {
        IDriftDetector detector = Create(name);
        Signals(detector, Errors[..2000]);
        byte[] saved = StateBytes.Save(detector);
        foreach (DetectorVariant other in DetectorVariants.All)
        {
            if (other.Name != name) Assert.Throws<StateMismatchException>(() => StateBytes.Restore(other.Create(), saved));
        }

        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(Create(name), saved[..^1]));
    }

    private static IDriftDetector Create(string name) => DetectorVariants.All.Single(v => v.Name == name).Create();

    private static DriftSignal[] Signals(IDriftDetector detector, double[] values) => [.. values.Select(detector.Update)];
}
