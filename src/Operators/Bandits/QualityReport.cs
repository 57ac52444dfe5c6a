using Streaming.Abstractions.Reports;
using Streaming.Operators.Bandits.OffPolicy;

namespace Streaming.Operators.Bandits;

/// <summary>The part of a report that all policies share.</summary>
internal static class QualityReport
{
    /// <summary>Adds how well the policy does.</summary>
    public static void Add(StageReport report, PolicyQuality quality)
    {
        ImportanceEstimate importance = quality.Importance;
        report.Set("matches", quality.Matches);
        report.Set("matched_reward", quality.MatchedReward);
        report.Set("ctr", quality.Earned.Mean, headline: true);
        report.Set("window_ctr", quality.Earned.WindowMean);
        report.Set("fading_ctr", quality.Earned.FadingMean);
        report.Set("regret", quality.Regret, headline: true);
        if (quality.Counted == 0) report.SetNull("regret_against");
        else report.Set("regret_against", quality.KnowsRegret ? "expected" : "best-fixed");
        report.Set("window_regret", quality.WindowRegret);
        report.Set("fading_regret", quality.FadingRegret);
        report.Set("regret_exponent", quality.RegretExponent);
        report.Set("ips", importance.Ips);
        report.Set("ips_se", importance.IpsError);
        report.Set("ips_low", importance.IpsLow);
        report.Set("ips_high", importance.IpsHigh);
        report.Set("snips", importance.Snips);
        report.Set("snips_se", importance.SnipsError);
        report.Set("ess", importance.EffectiveEvents);
        report.Set("max_weight", importance.LargestWeight);
        report.Set("mean_weight", importance.MeanWeight);
        report.Set("skipped", quality.Skipped);
    }
}
