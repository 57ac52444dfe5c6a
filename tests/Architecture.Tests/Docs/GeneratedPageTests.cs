using System.Xml.Linq;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
using Streaming.Host.Observability;
using Xunit;

namespace Streaming.Architecture.Tests.Docs;

/// <summary>The pages of docs/ that are generated say what the code says.</summary>
public class GeneratedPageTests
{
    [Fact]
    public void The_configuration_page_is_what_the_code_says() => GeneratedPages.Check("configuration.md", ConfigurationPage.Write());

    [Fact]
    public async Task The_report_page_is_what_the_stages_report() => GeneratedPages.Check("report.md", (await ReportPage.RunAsync()).Write(new ReportMeanings()));

    [Fact]
    public void The_metrics_page_is_what_the_instruments_say() => GeneratedPages.Check("metrics.md", MetricsPage.Write());

    [Fact]
    public async Task Every_entry_of_every_report_is_classified_as_what_it_is()
    {
        ReportPage page = await ReportPage.RunAsync();
        List<string> offenders = [];
        foreach ((string type, List<ReportEntry> entries) in page.Entries)
        {
            foreach (ReportEntry entry in entries)
            {
                if (ReportMetrics.Of(entry.Name) is not { } metric) offenders.Add($"{type}/{entry.Name} is not in {nameof(ReportMetrics)}");
                else if (!ReportMetrics.Fits(metric.Form, entry.Value.Kind)) offenders.Add($"{type}/{entry.Name} is a {entry.Value.Kind}, which is no {metric.Form}");
            }
        }

        Assert.Empty(offenders);
        Assert.Empty(ReportMetrics.All.Select(m => m.Entry).Except(page.Entries.Values.SelectMany(e => e).Select(e => e.Name)));
        Assert.Equal(ReportMetrics.All.Select(m => m.Entry).Order(StringComparer.Ordinal), ReportMetrics.All.Select(m => m.Entry));
    }

    [Fact]
    public async Task What_stages_with_views_report_is_what_has_a_metric_of_its_view()
    {
        ReportPage page = await ReportPage.RunAsync();
        IReadOnlyList<string> mergeable = ReportPage.Mergeable();
        Assert.NotEmpty(mergeable);
        Assert.Equal(
            mergeable.SelectMany(type => page.Entries[type]).Select(e => ReportMetrics.Of(e.Name)!).Where(m => m.Form != ReportMetricForm.None).Select(m => m.Entry).Distinct().Order(StringComparer.Ordinal),
            ReportMetrics.All.Where(m => m.HasView).Select(m => m.Entry));
    }

    [Fact]
    public void Every_metric_has_a_name_of_its_own_that_prometheus_takes_and_a_meaning()
    {
        using Instruments instruments = new(new MetricsBoard());
        string[] names = [.. instruments.Labels.Keys.Select(PrometheusName.Of)];
        Assert.Distinct(names);
        Assert.All(names, n => Assert.Matches("^(streaming|process)(_[a-z0-9]+)+$", n));
        Assert.All(names, n => Assert.DoesNotMatch("_(total|count|sum|bucket|created|info)$", n));
        Assert.All(instruments.Labels.Keys, i => Assert.NotEqual("", i.Description));
        Assert.All(instruments.Labels.Keys, i => Assert.False(i.Description!.EndsWith('.')));
    }

    [Fact]
    public async Task Every_type_of_stage_reports_and_every_name_has_one_meaning()
    {
        ReportPage page = await ReportPage.RunAsync();
        ReportMeanings meanings = new();
        page.Write(meanings);
        Assert.Equal(StageCatalogue.All.Select(s => s.Name).Order(StringComparer.Ordinal), page.Entries.Keys);
        Assert.Empty(meanings.Unused);
        foreach (StageType type in StageCatalogue.All)
        {
            foreach (ReportEntry entry in page.Entries[type.Name])
            {
                foreach (string name in ReportPage.RowNames(entry)) Assert.Contains($"`{name}`", meanings.Of(type.Kind, type.Name, entry.Name), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_name_without_a_meaning_is_told()
    {
        InvalidOperationException told = Assert.Throws<InvalidOperationException>(() => new ReportMeanings().Of(StageKind.Model, "biased-mf", "brilliance"));
        Assert.Contains("biased-mf/brilliance", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_different_line_is_told()
    {
        Assert.Null(GeneratedPages.FirstDifference("a\nb\n", "a\nb\n"));
        Assert.Equal("line 2 is 'b' and should be 'c'", GeneratedPages.FirstDifference("a\nb\n", "a\nc\n"));
        Assert.Equal("line 3 is missing and should be 'c'", GeneratedPages.FirstDifference("a\nb", "a\nb\nc"));
    }

    [Fact]
    public void A_doc_comment_becomes_one_line_of_markdown()
    {
        XElement comment = XElement.Parse(
            """
            <summary>From <c>a|b</c> to <see cref="P:Streaming.X.Options.Width"/>,
                as <see cref="T:Streaming.X.Model`1"/> has it: 2 * 3 &lt; 7.<para>More.</para></summary>
            """);
        Assert.Equal(@"From `a|b` to `Width`, as `Model` has it: 2 \* 3 \< 7. More.", XmlDocs.Markdown(comment));
    }
}
