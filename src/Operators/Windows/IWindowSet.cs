using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Windows;

/// <summary>The windows of a stage: one for the whole stream, or one for each key.</summary>
internal interface IWindowSet
{
    /// <summary>The window that events of this key go to.</summary>
    IWindow For(ulong key);

    /// <summary>Empties the window that is this key's alone, and gives it up.</summary>
    void Forget(ulong key);

    void Report(StageReport report);

    void Save(ref StateWriter writer);

    void Restore(ref StateReader reader, int version);
}

/// <summary>One window for all keys.</summary>
internal sealed class SingleWindow(IWindow window) : IWindowSet
{
    public IWindow For(ulong key) => window;

    public void Forget(ulong key)
    {
        // Everybody's: nothing of it is one key's alone.
    }

    public void Report(StageReport report)
    {
        WindowAggregate aggregate = window.Aggregate;
        if (double.IsNaN(aggregate.Count)) report.SetNull("count");
        else report.Set("count", (long)aggregate.Count);
        report.Set("mean", aggregate.Mean);
        report.Set("sum", aggregate.Sum);
        report.Set("rate", aggregate.Rate);
    }

    public void Save(ref StateWriter writer) => window.Save(ref writer);

    public void Restore(ref StateReader reader, int version) => window.Restore(ref reader, version);
}
