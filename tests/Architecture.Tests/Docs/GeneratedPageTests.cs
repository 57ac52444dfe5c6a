using System.Xml.Linq;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
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
