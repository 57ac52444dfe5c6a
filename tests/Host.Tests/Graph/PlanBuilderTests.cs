using System.Collections.Immutable;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Shared.Chaos;
using Xunit;

namespace Streaming.Host.Tests.Graph;

public class PlanBuilderTests
{
    private static readonly StageType Window = Type("window", StageKind.Window, [new("mean", ColumnType.Real, "a mean")]);
    private static readonly StageType Model = Type("model", StageKind.Model, [new("loss", ColumnType.Real, "a loss"), new("score", ColumnType.Real, "a score"), new("rank@", ColumnType.Integer, "a rank")]);

    [Fact]
    public void Stages_stand_in_the_order_of_kind_then_after_then_id()
    {
        GraphPlan plan = Plan(
            Stage("z", Window), Stage("a", Model, after: "m"), Stage("m", Model), Stage("b", Model), Stage("eval", Reader("b.loss")));
        Assert.Equal(["z", "b", "m", "a", "eval"], plan.Stages.Select(s => s.Id));
    }

    [Fact]
    public void A_column_that_nobody_reads_gets_no_slot_and_one_that_is_read_has_one_writer()
    {
        GraphPlan plan = Plan(Stage("mf", Model), Stage("drift", Reader("mf.loss")), Stage("drift2", Reader("mf.loss")));
        PlannedColumn column = Assert.Single(plan.Columns);
        Assert.Equal(("mf.loss", 0, "drift,drift2"), (column.FullName, column.Slot, string.Join(',', column.Readers)));
        Assert.Equal((1, 0), (plan.RealColumns, plan.IntegerColumns));
        StageBinding binding = plan.Stages[0].Binding;
        Assert.True(binding.WriteReal("loss").IsAssigned);
        Assert.False(binding.WriteReal("score").IsAssigned);
    }

    [Fact]
    public void What_an_evaluator_needs_at_prediction_time_is_pushed_into_the_model()
    {
        GraphPlan plan = Plan(Stage("mf", Model), Stage("r20", Reader("mf.rank@20", ColumnType.Integer)), Stage("rfull", Reader("mf.rank@full", ColumnType.Integer)));
        Assert.Equal(["20", "full"], plan.Stages[0].Binding.Demands("rank"));
        Assert.NotEqual(plan.Stages[0].Binding.WriteInteger("rank@20"), plan.Stages[0].Binding.WriteInteger("rank@full"));
    }

    [Fact]
    public void A_sink_that_reads_all_gets_every_plain_column_and_every_demanded_member()
    {
        GraphPlan? plan = PlanBuilder.Build([Stage("mf", Model), Stage("r", Reader("mf.rank@5", ColumnType.Integer))], Frame(sinks: ["events"]), []);
        Assert.Equal(["mf.loss", "mf.rank@5", "mf.score"], plan!.Columns.Select(c => c.FullName).Order(StringComparer.Ordinal));
        Assert.All(plan.Columns, c => Assert.Contains("events", c.Readers));
    }

    [Theory]
    [InlineData("nobody.loss", "there is no stage 'nobody'")]
    [InlineData("mf.lost", "a stage of type model writes loss, score, rank@N")]
    [InlineData("mf.rank@20", "has Integer values; Real ones are needed")]
    public void A_read_that_cannot_be_served_is_a_mistake_that_says_why(string read, string expected)
    {
        List<ConfigurationMistake> mistakes = [];
        Assert.Null(PlanBuilder.Build([Stage("mf", Model), Stage("x", Reader(read))], Frame(), mistakes));
        ConfigurationMistake mistake = Assert.Single(mistakes);
        Assert.Equal("Stages:x:Watch", mistake.Path);
        Assert.Contains(expected, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_flows_backward()
    {
        List<ConfigurationMistake> mistakes = [];
        StageType early = Type("early", StageKind.Window, [], reads: "mf.loss");
        Assert.Null(PlanBuilder.Build([Stage("mf", Model), Stage("w", early)], Frame(), mistakes));
        Assert.Contains("nothing flows backward", Assert.Single(mistakes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_of_a_plan_come_together()
    {
        List<ConfigurationMistake> mistakes = [];
        Assert.Null(PlanBuilder.Build(
            [Stage("a", Model, after: "b"), Stage("b", Model, after: "a"), Stage("c", Model, after: "ghost"), Stage("d", Reader("ghost.loss"))], Frame(), mistakes));
        string all = string.Join('\n', mistakes);
        Assert.Contains("Stages:c:After: names 'ghost', which is no stage", all, StringComparison.Ordinal);
        Assert.Contains("is part of a circle: a, b", all, StringComparison.Ordinal);
        Assert.Contains("there is no stage 'ghost'", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_depend_on_the_stage_and_not_on_its_neighbours()
    {
        ulong alone = Plan(Stage("mf", Model)).Stages[0].Binding.Seed;
        GraphPlan crowd = Plan(Stage("a", Model), Stage("mf", Model));
        Assert.Equal(alone, crowd.Stages[1].Binding.Seed);
        Assert.NotEqual(alone, crowd.Stages[0].Binding.Seed);
    }

    [Fact]
    public void A_plan_prints_its_stages_columns_and_memory()
    {
        GraphPlan plan = Plan(Stage("mf", Model), Stage("drift", Reader("mf.loss")));
        string text = PlanText.Of(plan);
        Assert.Contains("mf.loss -> drift: a loss", text, StringComparison.Ordinal);
        Assert.Contains("in all", text, StringComparison.Ordinal);
        string mermaid = PlanMermaid.Of(plan);
        Assert.StartsWith("flowchart LR", mermaid, StringComparison.Ordinal);
        Assert.Contains("s0 -. loss .-> s1", mermaid, StringComparison.Ordinal);
    }

    private static GraphPlan Plan(params StageConfiguration[] stages)
    {
        List<ConfigurationMistake> mistakes = [];
        GraphPlan? plan = PlanBuilder.Build(stages, Frame(), mistakes);
        Assert.Empty(mistakes);
        return plan!;
    }

    private static PlanBuilder.Frame Frame(ImmutableArray<string> sinks = default) =>
        new("a log", 42, ValueRange.Unbounded, 1024, 0, sinks.IsDefault ? [] : [.. sinks.Select(s => (s, "events"))], sinks.IsDefault ? [] : sinks, ItemCatalogue.Empty);

    private static StageConfiguration Stage(string id, StageType type, params string[] after) => new(id, type, type.NewOptions(), after);

    private static StageType Reader(string column, ColumnType type = ColumnType.Real) => Type("reader", StageKind.Drift, [], column, type);

    private static StageType<Nothing> Type(string name, StageKind kind, IReadOnlyList<ColumnDefinition> columns, string? reads = null, ColumnType type = ColumnType.Real) =>
        new(name, kind, name, columns, (_, _) => new SummingOperator(), (_, _) => 1000, _ => reads is null ? [] : [ColumnRead.Parse(reads, type, "Watch")!]);

    public sealed class Nothing;
}
