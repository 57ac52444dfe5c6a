using Streaming.Abstractions.Reports;
using Xunit;

namespace Streaming.Abstractions.Tests.Reports;

public sealed class StageReportTests
{
    [Fact]
    public void Values_keep_their_order_and_form()
    {
        PipelineReport pipeline = new();
        StageReport report = pipeline.Add("mf", "biased-mf");
        report.Set("rmse", .5, headline: true);
        report.Set("users", 3L);
        report.Set("model", "mf");
        report.Set("drifts", [new ReportRow(new ReportEntry("at", ReportValue.Of(7L)))]);
        report.Set("mrr", double.NaN, headline: true);
        report.SetNull("ndcg");
        Assert.Same(report, Assert.Single(pipeline.Stages));
        Assert.Equal(["rmse", "users", "model", "drifts", "mrr", "ndcg"], report.Entries.Select(entry => entry.Name));
        Assert.Equal(
            [ReportValueKind.Number, ReportValueKind.Integer, ReportValueKind.Text, ReportValueKind.Rows, ReportValueKind.Null, ReportValueKind.Null],
            report.Entries.Select(entry => entry.Value.Kind));
        Assert.Equal(["rmse", "mrr"], report.Headlines);
        Assert.Equal((.5, 3L, "mf"), (report["rmse"].Number, report["users"].Integer, report["model"].Text));
        Assert.Equal(7, report["drifts"].Rows[0].Entries[0].Value.Integer);
        Assert.Equal(ReportValue.Null, report["unset"]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_not_finite_is_nothing(double value) => Assert.Equal(ReportValue.Null, ReportValue.Of(value));

    [Fact]
    public void An_entity_keeps_all_64_bits_of_its_key() => Assert.Equal(ulong.MaxValue - 1, ReportValue.OfEntity(ulong.MaxValue - 1).Entity);
}
