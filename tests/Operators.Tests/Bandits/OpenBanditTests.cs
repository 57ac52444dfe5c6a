using System.Globalization;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Bandits.Policies;
using Streaming.Shared.Data;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

/// <summary>The uniform policy on a real log of 34 items, as an independent implementation judged it.</summary>
public sealed class OpenBanditTests
{
    [Fact]
    public void The_log_of_the_learning_policy_gives_the_reference_values()
    {
        StageReport report = Run("obd-men/bts.csv");
        Assert.Equal(10_000, report["events"].Integer);
        Assert.Equal(.0030086263272564827, report["ips"].Number, 1e-9);
        Assert.Equal(.0031894231622774096, report["snips"].Number, 1e-9);
        Assert.Equal(.9433136257, report["mean_weight"].Number, 1e-7);
        Assert.Equal(655.7098495873, report["ess"].Number, 1e-3);
        Assert.Equal(178.2531194294, report["max_weight"].Number, 1e-3);
        Assert.InRange(report["ips_low"].Number, 0, .003);
        Assert.InRange(report["ips_high"].Number, .0033, .01);
        Assert.Equal("best-fixed", report["regret_against"].Text);
    }

    [Fact]
    public void The_log_of_the_uniform_policy_gives_its_own_rate()
    {
        StageReport report = Run("obd-men/random.csv");
        Assert.Equal(.0046, report["ips"].Number, 1e-9);
        Assert.Equal(10_000, report["ess"].Number, 1e-6);
    }

    private static StageReport Run(string path)
    {
        string? file = SharedData.Log(path);
        if (file is null) Assert.Skip($"The log {path} is not on this machine.");
        string[][] rows = [.. File.ReadLines(file).Skip(1).Select(line => line.Split(','))];
        (ulong, Feature[])[] items = [.. Enumerable.Range(1, 34).Select(i => ((ulong)i, Array.Empty<Feature>()))];
        IOperator stage = SimulatedBandit.Policy("uniform").Create(new UniformOptions(), StageBinding.Free());
        using DecisionBatch batch = new(rows.Length);
        foreach (string[] row in rows)
            batch.Add([], items, int.Parse(row[2], CultureInfo.InvariantCulture), double.Parse(row[4], CultureInfo.InvariantCulture), float.Parse(row[5], CultureInfo.InvariantCulture));
        stage.Process(batch.Batch);
        StageReport report = new("uniform", "uniform");
        stage.Report(report);
        (stage as IDisposable)?.Dispose();
        return report;
    }
}
