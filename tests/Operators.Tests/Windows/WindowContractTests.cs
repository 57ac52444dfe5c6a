using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Windows;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Windows;

/// <summary>What every window promises.</summary>
public class WindowContractTests
{
    private static readonly Dictionary<string, Func<IWindow>> Kinds = new()
    {
        ["count"] = () => new CountWindow(37),
        ["count of one"] = () => new CountWindow(1),
        ["time"] = () => new TimeWindow(200, 100),
        ["time, too small"] = () => new TimeWindow(200, 20),
    };

    private static readonly (double Value, long Time)[] Events = Stream(2000);

    public static TheoryData<string> Names() => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Saved_and_restored_anywhere_it_goes_on_the_same(string kind)
    {
        (WindowEntry, WindowAggregate)[] expected = Run(Kinds[kind](), Events);
        IWindow running = Kinds[kind]();
        for (int cut = 0; cut < Events.Length; cut++)
        {
            if (cut % 7 == 0)
            {
                byte[] saved = StateBytes.Save(running);
                IWindow restored = Kinds[kind]();
                Run(restored, Events[1000..1100]);
                StateBytes.Restore(restored, saved);
                Assert.Equal(saved, StateBytes.Save(restored));
                Assert.Equal(running.Aggregate, restored.Aggregate);
                int end = Math.Min(Events.Length, cut + 120);
                Assert.Equal(expected[cut..end], Run(restored, Events[cut..end]));
            }

            running.Add(Events[cut].Value, Events[cut].Time);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cleared_it_is_as_new(string kind)
    {
        IWindow used = Kinds[kind]();
        Run(used, Events[..500]);
        used.Clear();
        Assert.Equal(StateBytes.Save(Kinds[kind]()), StateBytes.Save(used));
        Assert.Equal(Run(Kinds[kind](), Events), Run(used, Events));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Half_a_snapshot_is_refused(string kind)
    {
        IWindow window = Kinds[kind]();
        Run(window, Events[..500]);
        byte[] saved = StateBytes.Save(window);
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(Kinds[kind](), saved[..^1]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_event_allocates_nothing(string kind)
    {
        IWindow window = Kinds[kind]();
        double total = 0;
        long allocated = long.MaxValue;
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach ((double value, long time) in Events)
            {
                window.Add(value, time);
                total += window.Aggregate.Count;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Assert.NotEqual(0, total);
    }

    private static (WindowEntry Entry, WindowAggregate Aggregate)[] Run(IWindow window, (double Value, long Time)[] events) =>
        [.. events.Select(e => (window.Add(e.Value, e.Time), window.Aggregate))];

    private static (double Value, long Time)[] Stream(int length)
    {
        CounterRng rng = new(77, 0);
        (double, long)[] events = new (double, long)[length];
        long clock = 0;
        for (int i = 0; i < length; i++)
        {
            clock += (long)rng.NextBelow(6);
            events[i] = (rng.NextNormal(), clock - (long)(rng.NextBelow(4) == 0 ? rng.NextBelow(230) : 0));
        }

        return events;
    }
}
