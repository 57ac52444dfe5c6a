using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Windows;

/// <summary>The lines of the stage catalogue for windows.</summary>
public static class WindowStages
{
    internal const string Count = "count";
    internal const string Mean = "mean";
    internal const string Sum = "sum";
    internal const string Rate = "rate";

    private const string Condition = " of the window, this event included; NaN where the event did not enter";
    private const long StageBytes = 1024; // the objects there is one of

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<StageType> All { get; } =
    [
        new StageType<CountWindowOptions>(
            "count-window",
            StageKind.Window,
            "Count, mean, sum and rate over the last events, of the stream or of each user or item",
            Columns("events a second of event time, (n - 1) / (newest - oldest)" + Condition + " or the window spans no time"),
            (o, binding) => new WindowOperator(o, binding),
            (o, _) => Bytes(o, CountWindow.BytesFor(o.Events())),
            o => o.Reads()),
        new StageType<TimeWindowOptions>(
            "time-window",
            StageKind.Window,
            "Count, mean, sum and rate over the last stretch of event time, of the stream or of each user or item",
            Columns("events a second of event time, n / Seconds" + Condition + " or the capacity forced out what belongs to it"),
            (o, binding) => new WindowOperator(o, binding),
            (o, _) => Bytes(o, TimeWindow.BytesFor(o.Events())),
            o => o.Reads()),
    ];

    private static long Bytes(WindowOptions options, long window) =>
        StageBytes + (options.Key == WindowKey.None ? window : KeyedWindows.BytesFor(options.Keys, window));

    private static ColumnDefinition[] Columns(string rate) =>
    [
        new(Count, ColumnType.Real, "events" + Condition),
        new(Mean, ColumnType.Real, "mean" + Condition),
        new(Sum, ColumnType.Real, "sum" + Condition),
        new(Rate, ColumnType.Real, rate),
    ];
}
