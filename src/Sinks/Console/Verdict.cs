using System.Globalization;
using Streaming.Abstractions.Reports;

namespace Streaming.Sinks.Console;

/// <summary>
/// Says in one sentence whether learning paid: the best rating model against the better of the plain ones (<c>baseline</c>, <c>mean</c>) by RMSE,
/// the best ranking against popularity's by recall@10, and the best policy against <c>uniform</c>: by regret where the log knows the truth, else by IPS, if
/// the 95 % intervals do not overlap.
/// </summary>
/// <param name="Sentence">The sentence.</param>
/// <param name="LearningWins">Whether the model wins every comparison there was.</param>
public sealed record Verdict(string Sentence, bool LearningWins)
{
    private const string Rmse = "rmse";
    private const string Recall = "recall@10";
    private const string Ips = "ips";

    /// <summary>The verdict of a report; null where there is nothing to compare.</summary>
    public static Verdict? Of(PipelineReport report)
    {
        (string Text, bool Wins)?[] parts = [ByError(report), ByRecall(report), ByRegret(report) ?? ByImportance(report)];
        List<(string Text, bool Wins)> found = [.. parts.Where(part => part is not null).Select(part => part!.Value)];
        return found.Count == 0 ? null : new Verdict(string.Join("; ", found.Select(part => part.Text)) + ".", found.All(part => part.Wins));
    }

    private static (string Text, bool Wins)? ByError(PipelineReport report)
    {
        (string Name, double Value)? learner = null, plain = null;
        foreach (StageReport stage in report.Stages)
        {
            // An evaluation repeats its model's error under another id; it names the model.
            if (Number(stage, Rmse) is not double value || stage["model"].Kind != ReportValueKind.Null) continue;
            if (stage.Type is "baseline" or "mean") KeepBetter(ref plain, stage.Id, value, lower: true);
            else KeepBetter(ref learner, stage.Id, value, lower: true);
        }

        return Compare(learner, plain, "RMSE", lower: true);
    }

    private static (string Text, bool Wins)? ByRecall(PipelineReport report)
    {
        (string Name, double Value)? learner = null, popular = null;
        foreach (StageReport stage in report.Stages)
        {
            if (Number(stage, Recall) is not double value || stage["model"] is not { Kind: ReportValueKind.Text, Text: string model }) continue;
            if (IsPopularity(report, model)) KeepBetter(ref popular, model, value, lower: false);
            else KeepBetter(ref learner, model, value, lower: false);
        }

        return Compare(learner, popular, Recall, lower: false);
    }

    private static (string Text, bool Wins)? ByRegret(PipelineReport report)
    {
        (string Name, double Value)? learner = null, uniform = null;
        foreach (StageReport stage in report.Stages)
        {
            if (stage["regret_against"] is not { Kind: ReportValueKind.Text, Text: "expected" } || Number(stage, "regret") is not double value) continue;
            if (stage.Type == "uniform") KeepBetter(ref uniform, stage.Id, value, lower: true);
            else KeepBetter(ref learner, stage.Id, value, lower: true);
        }

        return Compare(learner, uniform, "regret", lower: true);
    }

    private static (string Text, bool Wins)? ByImportance(PipelineReport report)
    {
        StageReport? learner = null, uniform = null;
        foreach (StageReport stage in report.Stages)
        {
            if (Number(stage, Ips) is not double value || Number(stage, "ips_low") is null || Number(stage, "ips_high") is null) continue;
            if (stage.Type == "uniform") uniform ??= stage;
            else if (learner is null || value > Number(learner, Ips)) learner = stage;
        }

        if (learner is null || uniform is null) return null;
        bool apart = Number(learner, "ips_low") > Number(uniform, "ips_high") || Number(learner, "ips_high") < Number(uniform, "ips_low");
        return apart
            ? Compare((learner.Id, Number(learner, Ips)!.Value), (uniform.Id, Number(uniform, Ips)!.Value), "IPS", lower: false)
            : ($"{learner.Id} is level with {uniform.Id} in IPS: their 95 % intervals overlap", false);
    }

    private static (string Text, bool Wins)? Compare((string Name, double Value)? learner, (string Name, double Value)? plain, string metric, bool lower)
    {
        if (learner is not { } a || plain is not { } b) return null;
        double gain = lower ? b.Value - a.Value : a.Value - b.Value;
        if (gain == 0) return ($"{a.Name} is level with {b.Name} in {metric}", false);
        string verb = gain > 0 ? "beats" : "loses to";
        // Without a base there is no percentage.
        string by = b.Value == 0
            ? $": {NumberText.Ratio(a.Value)} against 0"
            : $" by {Percent(Math.Abs(gain) / Math.Abs(b.Value))}";
        return ($"{a.Name} {verb} {b.Name} in {metric}{by}", gain > 0);
    }

    private static string Percent(double share) =>
        share < .0005 ? "less than 0.1 %" : (share * 100).ToString(share < .9995 ? "0.0" : "#,0", CultureInfo.InvariantCulture) + " %";

    private static double? Number(StageReport stage, string name) => stage[name].Kind switch
    {
        ReportValueKind.Number => stage[name].Number,
        ReportValueKind.Integer => stage[name].Integer,
        _ => null,
    };

    private static void KeepBetter(ref (string Name, double Value)? best, string name, double value, bool lower)
    {
        if (best is not { } b || (lower ? value < b.Value : value > b.Value)) best = (name, value);
    }

    private static bool IsPopularity(PipelineReport report, string model)
    {
        foreach (StageReport stage in report.Stages)
        {
            if (stage.Id == model) return stage.Type == "popularity" || stage.Type.EndsWith("-popularity", StringComparison.Ordinal);
        }

        return false;
    }
}
