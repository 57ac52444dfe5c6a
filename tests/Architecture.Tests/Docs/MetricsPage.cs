using System.Diagnostics.Metrics;
using System.Text;
using Streaming.Host.Observability;

namespace Streaming.Architecture.Tests.Docs;

/// <summary>Writes docs/metrics.md from the instruments.</summary>
internal static class MetricsPage
{
    private const string Introduction =
        """
        # Metrics

        `streaming replay --metrics` serves what is listed here at `http://127.0.0.1:9464/metrics` while it runs ([configuration.md](configuration.md#http) has the options): as Prometheus
        text 0.0.4, or as OpenMetrics 1.0 to a scraper that asks for it. A scrape asks the stream for a report and waits for it for half a second at most; a stream that stands still is
        shown as it was last. A value that does not exist has no series. What is measured never changes a result.

        Labels come from the configuration and from closed lists: never from users, items or what a log says.


        """;

    /// <summary>The page.</summary>
    public static string Write()
    {
        using Instruments instruments = new(new MetricsBoard());
        StringBuilder page = new(GeneratedPages.Notice);
        page.Append(Introduction.ReplaceLineEndings("\n"));
        HashSet<string> reported = [.. ReportMetrics.All.Select(m => m.Instrument)];
        Append(page, instruments, "The engine", "", i => !reported.Contains(i.Name) && !IsOfView(i));
        Append(
            page,
            instruments,
            "The stages",
            "Each number that a stage reports ([report.md](report.md) says what it means for each type of stage) is a series with the stage's `kind`, its id (`stage`) and its `type`. Counts that only "
            + "grow are counters. `@` is `_at_` here, and where Prometheus reserves an ending another name stands: `count`, `mean`, `sum` and `rate` of a window have `_in_window` after them, `total` of a sketch is "
            + "`occurrences`, `drift_count` is `drifts`.\n\n",
            i => reported.Contains(i.Name));
        Append(
            page,
            instruments,
            "Views across shards",
            "A worker with several shards has each number of a stage once for each of them. Those of a sketch cannot be added up; its view can be merged ([operations.md](operations.md#views-across-shards)). "
            + "Views have names of their own, so that a sum over `shard` has nothing twice, and are gauges, for they fall when a shard goes to another process.\n\n",
            IsOfView);
        return page.ToString();
    }

    private static bool IsOfView(Instrument instrument) => instrument.Name.StartsWith("streaming.view.", StringComparison.Ordinal);

    private static void Append(StringBuilder page, Instruments instruments, string title, string introduction, Func<Instrument, bool> belongs)
    {
        page.Append($"## {title}\n\n{introduction}| Metric | Type | Labels | Meaning |\n|---|---|---|---|\n");
        foreach ((Instrument instrument, IReadOnlyList<string> labels) in instruments.Labels.Where(l => belongs(l.Key)).OrderBy(l => PrometheusName.Of(l.Key), StringComparer.Ordinal))
        {
            bool isCounter = instrument is ObservableCounter<long> or ObservableCounter<double>;
            page.Append($"| `{PrometheusName.Of(instrument)}{(isCounter ? "_total" : "")}` | {(isCounter ? "counter" : "gauge")} | {string.Join(", ", labels.Select(l => $"`{l}`"))} | {instrument.Description}. |\n");
        }

        page.Append('\n');
    }
}
