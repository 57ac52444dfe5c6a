using System.Collections;
using Streaming.Abstractions.Randomness;

namespace Streaming.Host.Evaluate;

/// <summary>Which interactions of a log are learned, which are learned after the training, and which are held out: every one is exactly one of them.</summary>
internal sealed class HeldOut
{
    private HeldOut(InteractionLog log)
    {
        Log = log;
        Trained = new BitArray((int)(log.Events.Count == 0 ? 0 : log.Events[^1].Number + 1), true);
    }

    /// <summary>The interactions.</summary>
    public InteractionLog Log { get; }

    /// <summary>By number in the stream: whether the event is learned in the training.</summary>
    public BitArray Trained { get; }

    /// <summary>Places in the log of those that are tested, in the order of the stream.</summary>
    public List<int> Tested { get; } = [];

    /// <summary>Places in the log of those that are learned after the training, by user; users in the order of their first event.</summary>
    public List<List<int>> FoldedIn { get; } = [];

    /// <summary>Splits a log. The same log, arguments and seed give the same split.</summary>
    public static HeldOut Split(InteractionLog log, EvaluateArguments arguments)
    {
        HeldOut split = new(log);
        if (arguments.StrongGeneralization) split.HoldUsers(arguments);
        else if (arguments.Split == SplitKind.PerUser) split.HoldLastOfUsers(arguments.Test);
        else if (arguments.Split == SplitKind.Temporal) split.HoldLast(arguments.Test);
        else if (arguments.Split == SplitKind.Random) split.HoldDrawn(arguments);
        split.Tested.Sort();
        return split;
    }

    private int Count => Log.Events.Count;

    private void HoldLast(double share)
    {
        int first = Count - (int)(share * Count);
        for (int i = first; i < Count; i++) Test(i);
    }

    private void HoldDrawn(EvaluateArguments arguments)
    {
        ulong seed = CounterRng.Derive(arguments.Seed, "split");
        for (int i = 0; i < Count; i++)
        {
            if (new CounterRng(seed, (ulong)Log.Events[i].Number).NextDouble() < arguments.Test) Test(i);
        }
    }

    // A user keeps at least one event for the training.
    private void HoldLastOfUsers(double test)
    {
        foreach (List<int> events in ByUser())
        {
            int held = test >= 1 ? (int)test : Math.Max(1, (int)(test * events.Count));
            for (int i = Math.Max(1, events.Count - held); i < events.Count; i++) Test(events[i]);
        }
    }

    // A user of one event is learned after the training, and has nothing to be tested on.
    private void HoldUsers(EvaluateArguments arguments)
    {
        ulong seed = CounterRng.Derive(arguments.Seed, "users");
        foreach (List<int> events in ByUser())
        {
            if (new CounterRng(seed, Log.Events[events[0]].User).NextDouble() >= arguments.Test) continue;
            int folded = Math.Clamp((int)(arguments.FoldIn * events.Count), 1, Math.Max(1, events.Count - 1));
            FoldedIn.Add(events[..folded]);
            foreach (int i in FoldedIn[^1]) Trained[(int)Log.Events[i].Number] = false;
            foreach (int i in events[folded..]) Test(i);
        }
    }

    private void Test(int place)
    {
        Trained[(int)Log.Events[place].Number] = false;
        Tested.Add(place);
    }

    private List<List<int>> ByUser()
    {
        Dictionary<ulong, int> users = [];
        List<List<int>> events = [];
        for (int i = 0; i < Count; i++)
        {
            if (!users.TryGetValue(Log.Events[i].User, out int user))
            {
                users[Log.Events[i].User] = user = events.Count;
                events.Add([]);
            }

            events[user].Add(i);
        }

        return events;
    }
}
