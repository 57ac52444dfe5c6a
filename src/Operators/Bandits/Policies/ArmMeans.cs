using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>The mean reward of each arm, and the weight of all that was learned, of arms that are no longer held too.</summary>
/// <remarks>O(1) an operation. One caller at a time. State: that weight, then the arms.</remarks>
internal sealed class ArmMeans(int capacity) : IDisposable
{
    private readonly ArmTable<ArmMean> _arms = new(capacity);

    /// <summary>Weight of all that was learned.</summary>
    public double Learned { get; private set; }

    /// <summary>What is known of an arm; nothing where it is not held.</summary>
    public ArmMean Find(ulong action) => _arms.Find(action);

    /// <summary>Learns a reward; nothing where the weight is not positive.</summary>
    public void Learn(in Decision decision, int action, double reward, double weight)
    {
        if (!(weight > 0)) return;
        _arms.Learn(decision.Actions[action].Id).Add(reward, weight);
        Learned += weight;
    }

    /// <summary>Adds how many arms are held and how many were let go.</summary>
    public void Report(StageReport report) => _arms.Report(report);

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Write(Learned);
        _arms.Save(ref writer);
    }

    /// <summary>Becomes what was saved; nothing may have been learned before.</summary>
    public void Restore(ref StateReader reader)
    {
        Learned = reader.ReadFinite();
        if (Learned < 0) throw new StateMismatchException($"The snapshot has learned events of weight {Learned}.");
        _arms.Restore(ref reader);
    }

    /// <inheritdoc/>
    public void Dispose() => _arms.Dispose();
}
