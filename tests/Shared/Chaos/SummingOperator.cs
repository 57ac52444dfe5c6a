using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;

namespace Streaming.Shared.Chaos;

/// <summary>An order-sensitive checksum of everything it has seen, which it can be told to stop at.</summary>
public sealed class SummingOperator : IOperator, IStateful
{
    /// <summary>Event number at which <see cref="Failure"/> is thrown; -1 for never.</summary>
    public long FailAt { get; init; } = -1;

    public Exception? Failure { get; init; }

    /// <summary>Called before each batch.</summary>
    public Action? Before { get; init; }

    public ulong Sum { get; private set; } = 1;

    public long Events { get; private set; }

    public bool Completed { get; private set; }

    public string StateTag => "summing";

    public int StateVersion => 1;

    public StateScope Scope => StateScope.Shard;

    public void Process(EventBatch batch)
    {
        Before?.Invoke();
        foreach (ref readonly Event e in batch.Events)
        {
            if (e.Offset == FailAt) throw Failure!;
            Sum = (Sum * 6364136223846793005UL) + (ulong)e.Offset + e.User;
            Events++;
        }
    }

    public void Complete() => Completed = true;

    public void Report(StageReport report)
    {
        report.Set("events", Events);
        report.Set("sum", Sum.ToString());
    }

    public void Freeze(long epoch)
    {
    }

    public void Save(ref StateWriter writer)
    {
        writer.Write(Sum);
        writer.Write(Events);
    }

    public void Restore(ref StateReader reader, int version)
    {
        Sum = reader.Read<ulong>();
        Events = reader.Read<long>();
    }
}
