using System.Reflection;
using Xunit;

namespace Streaming.Architecture.Tests;

/// <summary>What must never depend on what. Checked against the compiled code: signatures, fields and method bodies.</summary>
public class DependencyRuleTests
{
    private static readonly string[] FlowOrder = ["Windows", "Sketches", "Models", "Bandits", "Drift", "Evaluation"];

    private static readonly string[] OwnAssemblies = ["Abstractions", "Ingest", "Operators", "Sinks"];

    [Theory]
    [InlineData("Abstractions", new string[0])]
    [InlineData("Operators", new[] { "Streaming.Abstractions" })]
    [InlineData("Ingest", new[] { "Streaming.Abstractions", "Confluent.Kafka" })]
    [InlineData("Sinks", new[] { "Streaming.Abstractions", "Confluent.Kafka", "Npgsql" })]
    public void An_assembly_refers_to_nothing_beyond_the_framework_and_what_it_may(string assembly, string[] allowed)
    {
        IEnumerable<string> others = Assembly.LoadFrom(PathOf(assembly)).GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(n => !n.StartsWith("System.", StringComparison.Ordinal) && n is not ("System" or "netstandard" or "mscorlib"));
        Assert.Empty(others.Except(allowed));
    }

    [Theory]
    [InlineData("System.IO.File")]
    [InlineData("System.IO.FileStream")]
    [InlineData("System.IO.Directory")]
    [InlineData("System.Threading.Tasks.Dataflow.")]
    [InlineData("Microsoft.Extensions.")]
    [InlineData("System.Diagnostics.Stopwatch")]
    [InlineData("System.TimeProvider")]
    [InlineData("System.DateTime::get_Now")]
    [InlineData("System.DateTime::get_UtcNow")]
    [InlineData("System.DateTimeOffset::get_UtcNow")]
    [InlineData("System.Environment::get_TickCount")]
    [InlineData("System.Random")]
    [InlineData("System.Security.Cryptography.RandomNumberGenerator")]
    [InlineData("System.Console")]
    [InlineData("System.Net.")]
    public void Operators_never_touch_the_outside_world_or_chance(string forbidden)
    {
        IEnumerable<string> offenders = IlReferences.Of(PathOf("Operators")).Where(r => Names(r.To, forbidden)).Select(r => $"{r.From} uses {r.To}");
        Assert.Empty(offenders);
    }

    [Fact]
    public void A_stage_folder_never_refers_to_a_later_stage()
    {
        List<string> offenders = [];
        foreach ((string from, string to) in IlReferences.Of(PathOf("Operators")))
        {
            int here = Folder(from), there = Folder(to);
            if (here >= 0 && there > here) offenders.Add($"{from} uses {to}");
        }

        Assert.Empty(offenders);
    }

    [Fact]
    public void Only_the_graph_refers_to_dataflow()
    {
        IEnumerable<string> offenders = OwnAssemblies.Append("Host").SelectMany(a => IlReferences.Of(PathOf(a)))
            .Where(r => r.To.StartsWith("System.Threading.Tasks.Dataflow.", StringComparison.Ordinal) && !r.From.StartsWith("Streaming.Host.Graph.", StringComparison.Ordinal))
            .Select(r => $"{r.From} uses {r.To}");
        Assert.Empty(offenders);
    }

    [Fact]
    public void The_dataflow_rule_sees_what_it_looks_for() =>
        Assert.Contains(IlReferences.Of(PathOf("Host")), r => r.To.StartsWith("System.Threading.Tasks.Dataflow.", StringComparison.Ordinal));

    [Fact]
    public void Only_observability_declares_or_exports_metrics()
    {
        List<(string From, string To)> uses =
            [.. OwnAssemblies.Append("Host").SelectMany(a => IlReferences.Of(PathOf(a))).Where(r => r.To.StartsWith("System.Diagnostics.Metrics.", StringComparison.Ordinal))];
        Assert.NotEmpty(uses);
        Assert.Empty(uses.Where(r => !r.From.StartsWith("Streaming.Host.Observability.", StringComparison.Ordinal)).Select(r => $"{r.From} uses {r.To}"));
        Assert.Equal(["Streaming.Host.Observability.Instruments"], uses.Where(r => r.To == "System.Diagnostics.Metrics.Meter::CreateObservableGauge").Select(r => r.From).Distinct());
    }

    [Fact]
    public void No_type_of_a_client_is_in_a_public_signature()
    {
        IEnumerable<string> offenders = OwnAssemblies.SelectMany(a => IlReferences.PublicSignatures(PathOf(a)))
            .Where(r => r.To.StartsWith("Confluent.", StringComparison.Ordinal) || r.To.StartsWith("Npgsql", StringComparison.Ordinal))
            .Select(r => $"{r.From} shows {r.To}");
        Assert.Empty(offenders);
    }

    [Fact]
    public void The_plan_does_not_know_who_runs_it()
    {
        string[] runners = ["Streaming.Host.Graph.DataflowRunner", "Streaming.Host.Graph.SynchronousRunner", "Streaming.Host.Graph.Spine", "Streaming.Host.Graph.StageNode"];
        IEnumerable<string> offenders = IlReferences.Of(PathOf("Host"))
            .Where(r => r.From is "Streaming.Host.Graph.GraphPlan" or "Streaming.Host.Graph.PlanBuilder" or "Streaming.Host.Graph.PlannedStage")
            .Where(r => runners.Contains(r.To))
            .Select(r => $"{r.From} uses {r.To}");
        Assert.Empty(offenders);
    }

    [Fact]
    public void The_graph_and_the_snapshots_know_no_concrete_operator_source_or_sink()
    {
        IEnumerable<string> offenders = IlReferences.Of(PathOf("Host"))
            .Where(r => r.From.StartsWith("Streaming.Host.Graph.", StringComparison.Ordinal) || r.From.StartsWith("Streaming.Host.Snapshots.", StringComparison.Ordinal))
            .Where(r => r.To.StartsWith("Streaming.Operators.", StringComparison.Ordinal) || r.To.StartsWith("Streaming.Ingest.", StringComparison.Ordinal)
                || r.To.StartsWith("Streaming.Sinks.", StringComparison.Ordinal))
            .Select(r => $"{r.From} uses {r.To}");
        Assert.Empty(offenders);
    }

    private static int Folder(string typeName) =>
        Array.FindIndex(FlowOrder, f => typeName.StartsWith($"Streaming.Operators.{f}.", StringComparison.Ordinal));

    private static bool Names(string reference, string forbidden) =>
        forbidden.EndsWith('.') ? reference.StartsWith(forbidden, StringComparison.Ordinal) : reference == forbidden || reference.StartsWith(forbidden + "::", StringComparison.Ordinal);

    private static string PathOf(string assembly) => Path.Combine(AppContext.BaseDirectory, assembly == "Host" ? "streaming.dll" : $"Streaming.{assembly}.dll");
}
