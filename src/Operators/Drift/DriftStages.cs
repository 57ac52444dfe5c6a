using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Drift;

/// <summary>The lines of the stage catalogue for drift detectors: each watches one real column of an earlier stage.</summary>
public static class DriftStages
{
    internal const string Signal = "signal";

    private static readonly ColumnDefinition[] Columns =
        [new(Signal, ColumnType.Integer, "0 nothing, 1 warning, 2 drift, as of this event; -1 where the event had no value to watch")];

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<StageType> All { get; } =
    [
        Line<AdwinStageOptions>("adwin", "ADWIN on a column: signals a change of its mean", o => new Adwin(o), Adwin.BytesFor),
        Line<DdmStageOptions>("ddm", "DDM on a column of errors: signals a rise of the error rate", o => new Ddm(o), _ => 160, o => o.ErrorAbove),
        Line<PageHinkleyStageOptions>("page-hinkley", "Page-Hinkley test on a column: signals a change of its mean", o => new PageHinkley(o), _ => 160),
    ];

    private static StageType<TOptions> Line<TOptions>(
        string name, string summary, Func<TOptions, IDriftDetector> create, Func<TOptions, long> bytes, Func<TOptions, double?>? errorAbove = null)
        where TOptions : class, IDriftStageOptions, new() =>
        new(
            name,
            StageKind.Drift,
            summary,
            Columns,
            (o, binding) => new DriftOperator(create(o), o.Watch, binding, errorAbove?.Invoke(o)),
            (o, _) => DriftOperator.Bytes + bytes(o),
            o => WatchedColumn.Read(o.Watch));
}
