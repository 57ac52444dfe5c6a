using System.Text.Json;
using System.Text.RegularExpressions;
using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Streaming.Host.Tests.Deploy;

public partial class DeployFileTests
{
    private static readonly string[] NotOurs = ["up"];

    /// <summary>Settings of systemd units that the unit may use: a mistyped one is only a warning in a journal.</summary>
    private static readonly string[] UnitSettings =
    [
        "Description", "Wants", "After", "StartLimitIntervalSec", "StartLimitBurst", "Type", "NotifyAccess", "ExecStart", "WorkingDirectory", "Restart", "RestartSec",
        "RestartPreventExitStatus", "TimeoutStartSec", "TimeoutStopSec", "WatchdogSec", "KillSignal", "KillMode", "Environment", "DynamicUser", "StateDirectory", "StateDirectoryMode",
        "UMask", "LoadCredential", "NoNewPrivileges", "CapabilityBoundingSet", "AmbientCapabilities", "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectClock",
        "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "ProtectControlGroups", "ProtectProc", "ProcSubset", "RestrictAddressFamilies",
        "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "RemoveIPC", "LockPersonality", "SystemCallArchitectures", "SystemCallFilter", "SystemCallErrorNumber", "LimitNOFILE",
        "WantedBy",
    ];

    [Fact]
    public void Every_yaml_file_is_yaml()
    {
        Assert.True(DeployFiles.Yaml().Count() >= 7);
        Assert.All(DeployFiles.Yaml(), f => Assert.All(DeployFiles.Documents(f), d => Assert.IsType<YamlMappingNode>(d)));
    }

    [Fact]
    public void The_dashboard_and_the_alerts_show_only_metrics_that_there_are()
    {
        HashSet<string> known = [.. KnownMetric().Matches(File.ReadAllText(Path.Combine(SharedData.Root, "docs", "metrics.md"))).Select(m => m.Groups["name"].Value)];
        List<string> used = [.. Expressions().SelectMany(e => UsedMetric().Matches(WithoutLabels().Replace(e, "")).Select(m => m.Value)).Where(n => !NotOurs.Contains(n))];
        Assert.True(used.Distinct().Count() > 30);
        Assert.Empty(used.Except(known));
    }

    [Fact]
    public void Every_metric_of_the_engine_itself_is_on_the_dashboard()
    {
        string page = File.ReadAllText(Path.Combine(SharedData.Root, "docs", "metrics.md"));
        string engine = page[page.IndexOf("## The engine", StringComparison.Ordinal)..page.IndexOf("## The stages", StringComparison.Ordinal)];
        string dashboard = DeployFiles.Text("grafana/dashboards/streaming.json");
        string[] without = ["streaming_source_progress_ratio", "streaming_gc_collections_total"]; // a live source has no end; pauses say what collections cost
        Assert.Empty(KnownMetric().Matches(engine).Select(m => m.Groups["name"].Value).Where(n => !dashboard.Contains(n, StringComparison.Ordinal)).Except(without));
    }

    [Fact]
    public void The_dashboard_has_a_fixed_identity_and_its_panels_say_what_they_show()
    {
        using JsonDocument dashboard = JsonDocument.Parse(DeployFiles.Text("grafana/dashboards/streaming.json"));
        Assert.Equal("streaming", dashboard.RootElement.GetProperty("uid").GetString());
        List<JsonElement> panels = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()];
        Assert.Equal(panels.Count, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels.Where(p => p.GetProperty("type").GetString() != "row"), p =>
        {
            Assert.NotEmpty(p.GetProperty("description").GetString()!);
            Assert.Equal("${datasource}", p.GetProperty("datasource").GetProperty("uid").GetString());
        });
    }

    [Fact]
    public void Every_image_has_a_version_and_none_is_the_latest()
    {
        List<string> images =
        [
            .. DeployFiles.Yaml().SelectMany(f => Image().Matches(DeployFiles.Text(f)).Select(m => m.Groups["image"].Value)),
            .. From().Matches(DeployFiles.Text("Dockerfile")).Select(m => m.Groups["image"].Value),
        ];
        Assert.True(images.Count >= 7);
        Assert.All(images, i => Assert.Matches(@"^[a-z0-9./-]+:v?\d+\.\d+\.\d+[a-z0-9.-]*$", i));
    }

    [Fact]
    public void Nothing_runs_as_root()
    {
        string dockerfile = DeployFiles.Text("Dockerfile");
        Assert.Matches(@"(?m)^USER [1-9]\d*:[1-9]\d*$", dockerfile);
        YamlNode services = DeployFiles.Documents("compose.yaml").Single().At("services")!;
        Assert.All(((YamlMappingNode)services).Children, s => Assert.Matches("^[1-9][0-9]*:", s.Value.Value("user") ?? "none"));
        YamlNode pod = StatefulSet().At("spec", "template", "spec")!;
        Assert.Equal(("true", "1654"), (pod.Value("securityContext", "runAsNonRoot"), pod.Value("securityContext", "runAsUser")));
        YamlNode container = pod.At("containers", "0", "securityContext")!;
        Assert.Equal(("false", "true", "ALL"), (container.Value("allowPrivilegeEscalation"), container.Value("readOnlyRootFilesystem"), container.Value("capabilities", "drop", "0")));
        Assert.Contains("DynamicUser=yes", DeployFiles.Text("systemd/streaming.service"), StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_listens_on_this_machine_only_and_has_no_password_in_it()
    {
        YamlMappingNode services = (YamlMappingNode)DeployFiles.Documents("compose.yaml").Single().At("services")!;
        List<string> ports = [.. services.Children.Values.Select(s => s.At("ports")).OfType<YamlSequenceNode>().SelectMany(p => p.Children).Select(p => ((YamlScalarNode)p).Value!)];
        Assert.NotEmpty(ports);
        Assert.All(ports, p => Assert.StartsWith("127.0.0.1:", p, StringComparison.Ordinal));
        foreach (YamlMappingNode environment in services.Children.Values.Select(s => s.At("environment")).OfType<YamlMappingNode>())
            Assert.All(environment.Children.Keys.Cast<YamlScalarNode>(), k => Assert.DoesNotMatch("(?i)(password|token|secret)$", k.Value!));
    }

    [Fact]
    public void The_probes_ask_what_is_served_and_there_is_time_for_the_last_snapshot()
    {
        YamlNode pod = StatefulSet().At("spec", "template", "spec")!, container = pod.At("containers", "0")!;
        Assert.Equal(
            ("/startupz", "/readyz", "/healthz"),
            (container.Value("startupProbe", "httpGet", "path"), container.Value("readinessProbe", "httpGet", "path"), container.Value("livenessProbe", "httpGet", "path")));
        const int ShutdownSeconds = 30;
        Assert.True(int.Parse(pod.Value("terminationGracePeriodSeconds")!, System.Globalization.CultureInfo.InvariantCulture)
            > ShutdownSeconds + int.Parse(container.Value("lifecycle", "preStop", "sleep", "seconds")!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(int.Parse(TimeoutStop().Match(DeployFiles.Text("systemd/streaming.service")).Groups["seconds"].Value, System.Globalization.CultureInfo.InvariantCulture) > ShutdownSeconds);
        Assert.Equal("60s", DeployFiles.Documents("compose.yaml").Single().Value("services", "worker", "stop_grace_period"));
    }

    [Fact]
    public async Task The_unit_has_only_settings_that_there_are()
    {
        string unit = DeployFiles.Text("systemd/streaming.service");
        List<string> settings = [.. Setting().Matches(unit).Select(m => m.Groups["name"].Value)];
        Assert.Contains("WatchdogSec", settings);
        Assert.Empty(settings.Except(UnitSettings));
        Assert.DoesNotContain("MemoryDenyWriteExecute", settings); // the runtime compiles
        if (!File.Exists("/usr/bin/systemd-analyze")) return;
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("streaming.service"), ExecStart().Replace(unit, "ExecStart=/bin/true"));
        ProcessResult verified = await StreamingProcess.RunShellAsync("systemd-analyze verify --man=no ./streaming.service 2>&1", folder.Path);
        Assert.DoesNotContain("streaming.service:", verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_files_refer_to_is_there()
    {
        foreach (string file in (string[])["compose.yaml", "kubernetes/worker.yaml"])
        {
            foreach (Match sample in SamplePath().Matches(DeployFiles.Text(file))) Assert.True(File.Exists(Path.Combine(SharedData.Root, sample.Value)), sample.Value);
        }

        foreach (string sample in Directory.EnumerateFiles(Path.Combine(SharedData.Root, "samples", "live"), "*.json")) JsonDocument.Parse(File.ReadAllText(sample)).Dispose();
        Assert.Contains("\"Http__AdminToken\"", $"\"{DeployFiles.Documents("compose.yaml").Single().Value("services", "worker", "secrets", "0")}\"", StringComparison.Ordinal);
    }

    private static YamlNode StatefulSet() => DeployFiles.Documents("kubernetes/worker.yaml").Single(d => d.Value("kind") == "StatefulSet");

    private static IEnumerable<string> Expressions()
    {
        using JsonDocument dashboard = JsonDocument.Parse(DeployFiles.Text("grafana/dashboards/streaming.json"));
        List<string> expressions = [];
        foreach (JsonElement panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
        {
            if (panel.TryGetProperty("targets", out JsonElement targets)) expressions.AddRange(targets.EnumerateArray().Select(t => t.GetProperty("expr").GetString()!));
        }

        foreach (JsonElement variable in dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray()) expressions.Add(variable.GetProperty("query").GetString()!);
        expressions.AddRange(Alert().Matches(DeployFiles.Text("prometheus/alerts.yml")).Select(m => m.Groups["expr"].Value));
        return expressions;
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z_0-9]+)`", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex KnownMetric();

    [GeneratedRegex(@"\b(streaming_|process_)[a-z_0-9]+\b|\bup\b")]
    private static partial Regex UsedMetric();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex WithoutLabels();

    [GeneratedRegex(@"^\s+expr: (?<expr>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Alert();

    [GeneratedRegex(@"^\s+image: (?<image>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Image();

    [GeneratedRegex(@"^FROM (?<image>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex From();

    [GeneratedRegex("^#?(?<name>[A-Z][A-Za-z]+)=", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Setting();

    [GeneratedRegex("^ExecStart=.*$", RegexOptions.Multiline)]
    private static partial Regex ExecStart();

    [GeneratedRegex("^TimeoutStopSec=(?<seconds>[0-9]+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TimeoutStop();

    [GeneratedRegex(@"samples/[a-z/]+\.json")]
    private static partial Regex SamplePath();
}
