using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.Stages;

namespace Streaming.Sinks.Summary;

/// <summary>Everything that is told at the end of a run: to the summary file, and to people.</summary>
public sealed record SummaryData
{
    /// <summary>Events of the whole stream, those before a resume included.</summary>
    public required long Events { get; init; }

    /// <summary>Records that were not taken, by reason, indexed by <see cref="RejectionReason"/>; as <see cref="PartitionPosition.Rejected"/>.</summary>
    public required IReadOnlyList<long> RejectedByReason { get; init; }

    /// <summary>Good records left out because their value was too low.</summary>
    public required long Filtered { get; init; }

    /// <summary>What became of late rewards and their decisions.</summary>
    public JoinCounts Join { get; init; }

    /// <summary>Events before the snapshot that this run went on from; null if it began at the beginning.</summary>
    public long? ResumedFrom { get; init; }

    /// <summary>How long this run took, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Largest resident memory of the process, in bytes.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>What the stages say of the whole stream.</summary>
    public required PipelineReport Report { get; init; }

    /// <summary>Kind of each stage, by id.</summary>
    public required IReadOnlyDictionary<string, StageKind> Kinds { get; init; }

    /// <summary>Gives keys their names.</summary>
    public required EntityKeyCodec Names { get; init; }

    /// <summary>Records that were not taken, for every reason.</summary>
    public long Rejected => RejectedByReason.Sum();

    /// <summary>Events of this run per second of it: those before a resume are not counted. NaN for a run without duration.</summary>
    public double EventsPerSecond => Seconds > 0 ? (Events - (ResumedFrom ?? 0)) / Seconds : double.NaN;
}
