using System.Collections.Immutable;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;

namespace Streaming.Host.Graph;

/// <summary>
/// What will run, decided before anything is built: the stages in order, the columns with their slots, and the memory each part may take. Immutable,
/// and ignorant of how it will be run: the Dataflow graph and the synchronous runner both execute it.
/// </summary>
internal sealed class GraphPlan
{
    public required ImmutableArray<PlannedStage> Stages { get; init; }

    /// <summary>Ids and types of the sinks, in order.</summary>
    public required ImmutableArray<(string Id, string Type)> Sinks { get; init; }

    /// <summary>One line on where the events come from.</summary>
    public required string Source { get; init; }

    /// <summary>Seed that everything drawn or hashed derives from.</summary>
    public required ulong Seed { get; init; }

    public required ValueRange Range { get; init; }

    /// <summary>Events per batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Number of columns of each type in a batch.</summary>
    public required int RealColumns { get; init; }

    /// <inheritdoc cref="RealColumns"/>
    public required int IntegerColumns { get; init; }

    /// <inheritdoc cref="RealColumns"/>
    public required int ListColumns { get; init; }

    /// <summary>Most bytes the source may hold (sorting, names, its buffers).</summary>
    public required long SourceBytes { get; init; }

    /// <summary>What is known of items beforehand; every stage has the same.</summary>
    public required ItemCatalogue Items { get; init; }

    /// <summary>Batches in flight: one in each stage and sink, and a few between them, however many stages there are.</summary>
    public int PoolSize => Math.Clamp(Stages.Length + Sinks.Length + 2, 4, 12);

    /// <summary>Bytes of all batches.</summary>
    public long BatchBytes => PoolSize * EventBatch.BytesFor(BatchSize, RealColumns, IntegerColumns, ListColumns);

    /// <summary>Bytes of the process before any state: the runtime, the loaded code, the collector's spare room.</summary>
    public static long RuntimeBytes => 60L << 20;

    /// <summary>Most bytes in all.</summary>
    public long TotalBytes => RuntimeBytes + SourceBytes + Items.Bytes + BatchBytes + Stages.Sum(s => s.Bytes);

    /// <summary>Every column, in the order of the flow.</summary>
    public IEnumerable<PlannedColumn> Columns => Stages.SelectMany(s => s.Writes);
}
