using System.Diagnostics.Metrics;
using Streaming.Host.Observability;
using Streaming.Shared.Metrics;
using Xunit;

namespace Streaming.Host.Tests.Observability;

public class MetricCollectorTests
{
    [Fact]
    public void Collections_do_not_fall_where_one_comes_between_two_counts()
    {
        int asked = 0;
        int Count(int generation)
        {
            bool collected = asked++ > 0; // one of generation 1, after the first count
            return generation switch { 0 => collected ? 11 : 10, 1 => collected ? 5 : 4, _ => 1 };
        }

        Assert.Equal([6, 4, 1], Instruments.ByOldest(3, Count));
        Assert.Equal(8, asked);
    }

    [Fact]
    public void Prometheus_text_is_written_to_the_letter()
    {
        using Meter meter = Sample();
        using MetricCollector collector = new(meter);
        Assert.Equal(
            """
            # HELP a_events_total How many \\ of\nthem "there" are
            # TYPE a_events_total counter
            a_events_total{zone="b\\c\"d\ne",a="1"} 9223372036854775807
            a_events_total{zone="",a="2"} 0
            # HELP b_at_10_ratio 
            # TYPE b_at_10_ratio gauge
            b_at_10_ratio NaN
            # HELP c_time_seconds_total Time
            # TYPE c_time_seconds_total counter
            c_time_seconds_total{n="0"} 0.1
            c_time_seconds_total{n="1"} +Inf
            c_time_seconds_total{n="2"} -Inf
            c_time_seconds_total{n="3"} 1E-07

            """.ReplaceLineEndings("\n"),
            collector.Collect(ExpositionFormat.PrometheusText));
    }

    [Fact]
    public void OpenMetrics_is_written_to_the_letter()
    {
        using Meter meter = Sample();
        using MetricCollector collector = new(meter);
        Assert.Equal(
            """
            # TYPE a_events counter
            # HELP a_events How many \\ of\nthem \"there\" are
            a_events_total{zone="b\\c\"d\ne",a="1"} 9223372036854775807
            a_events_total{zone="",a="2"} 0
            # TYPE b_at_10_ratio gauge
            # UNIT b_at_10_ratio ratio
            # HELP b_at_10_ratio 
            b_at_10_ratio NaN
            # TYPE c_time_seconds counter
            # UNIT c_time_seconds seconds
            # HELP c_time_seconds Time
            c_time_seconds_total{n="0"} 0.1
            c_time_seconds_total{n="1"} +Inf
            c_time_seconds_total{n="2"} -Inf
            c_time_seconds_total{n="3"} 1E-07
            # EOF

            """.ReplaceLineEndings("\n"),
            collector.Collect(ExpositionFormat.OpenMetrics));
    }

    [Fact]
    public void Only_the_meter_itself_is_listened_to_and_each_collection_starts_anew()
    {
        long reads = 0;
        using Meter one = new("same"), other = new("same");
        one.CreateObservableGauge("x", () => ++reads);
        other.CreateObservableGauge("y", () => 1L);
        using MetricCollector collector = new(one);
        Assert.Contains("\nx 1\n", collector.Collect(ExpositionFormat.PrometheusText), StringComparison.Ordinal);
        string second = collector.Collect(ExpositionFormat.PrometheusText);
        Assert.Contains("\nx 2\n", second, StringComparison.Ordinal);
        Assert.DoesNotContain("y", second.Replace("TYPE", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("x 1", second, StringComparison.Ordinal);
    }

    [Fact]
    public void Before_a_run_the_process_is_there_and_no_stage()
    {
        MetricsBoard board = new();
        board.Add(new RunMetrics(TimeProvider.System));
        using Instruments instruments = new(board);
        using MetricCollector collector = new(instruments.Meter);
        foreach (ExpositionFormat format in Enum.GetValues<ExpositionFormat>())
        {
            Exposition exposition = Exposition.Parse(collector.Collect(format));
            Assert.True(exposition["process_cpu_seconds_total"] > 0);
            Assert.True(exposition["process_resident_memory_bytes"] > 1 << 20);
            Assert.Equal(0, exposition["""streaming_source_events_total{shard="0"}"""]);
            Assert.True(double.IsNaN(exposition["""streaming_source_progress_ratio{shard="0"}"""]));
            Assert.Equal(exposition.Families.Order(StringComparer.Ordinal), exposition.Families);
            Assert.DoesNotContain(exposition.Samples.Keys, s => s.Contains("stage=", StringComparison.Ordinal));
        }
    }

    private static Meter Sample()
    {
        Meter meter = new("sample");
        meter.CreateObservableCounter(
            "c.time", () => ((double[])[0.1, double.PositiveInfinity, double.NegativeInfinity, 1e-7]).Select((v, i) => new Measurement<double>(v, new KeyValuePair<string, object?>("n", i))), "s", "Time");
        meter.CreateObservableCounter<long>(
            "a.events", () => [new(long.MaxValue, new("zone", "b\\c\"d\ne"), new("a", 1)), new(0, new("zone", null), new("a", 2))], null, "How many \\ of\nthem \"there\" are");
        meter.CreateObservableGauge("b@10", () => double.NaN, "1");
        meter.CreateObservableGauge("silent", () => Array.Empty<Measurement<long>>());
        return meter;
    }
}
