using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Tests.Drift;

/// <summary>Runs one operator over events cut into batches, and keeps the columns of all of them.</summary>
internal sealed class OperatorRun
{
    /// <summary>The real columns, by slot: the given inputs first.</summary>
    public required double[][] Reals { get; init; }

    /// <summary>The integer columns, by slot.</summary>
    public required int[][] Integers { get; init; }

    /// <summary>Feeds events from <paramref name="first"/> on; the columns are of the whole stream's length.</summary>
    public static OperatorRun Of(IOperator stage, Event[] events, double[][] inputs, int reals, int integers, int batchSize, int first = 0, int? end = null)
    {
        OperatorRun run = new()
        {
            Reals = [.. Enumerable.Range(0, reals).Select(c => c < inputs.Length ? inputs[c] : new double[events.Length])],
            Integers = [.. Enumerable.Range(0, integers).Select(_ => new int[events.Length])],
        };
        using BatchPool pool = new(1, batchSize, reals, integers);
        int stop = end ?? events.Length;
        for (int start = first; start < stop; start += batchSize)
        {
            int count = Math.Min(batchSize, stop - start);
            BatchLease lease = pool.Rent();
            Fill(lease.Batch, events.AsSpan(start, count), inputs, start);
            stage.Process(lease.Batch);
            for (int c = 0; c < reals; c++) lease.Batch.Column(new ColumnSlot<double>(c)).CopyTo(run.Reals[c].AsSpan(start));
            for (int c = 0; c < integers; c++) lease.Batch.Column(new ColumnSlot<int>(c)).CopyTo(run.Integers[c].AsSpan(start));
            lease.Release();
        }

        return run;
    }

    /// <summary>Fills a batch with events and the input columns' values for them.</summary>
    public static void Fill(EventBatch batch, ReadOnlySpan<Event> events, double[][] inputs, int start)
    {
        batch.FirstOrdinal = start;
        foreach (ref readonly Event e in events) batch.Add() = e;
        for (int c = 0; c < inputs.Length; c++) inputs[c].AsSpan(start, events.Length).CopyTo(batch.Column(new ColumnSlot<double>(c)));
    }

    public static StageReport Report(IOperator stage)
    {
        StageReport report = new("stage", "type");
        stage.Report(report);
        return report;
    }
}
