using System.Globalization;
using System.Text;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Items;

namespace Streaming.Host.Validation;

/// <summary>A profile as text for people.</summary>
internal static class ProfileText
{
    public static string Of(LogProfile profile)
    {
        PartitionPosition end = profile.End.Single;
        StringBuilder text = new();
        text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"records   {end.Records:N0}: {end.Events:N0} events, {end.RejectedTotal:N0} rejected, {end.Filtered:N0} filtered"));
        if (profile.Events > 0)
        {
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"users     about {profile.Users:N0}"));
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"items     about {profile.Items:N0}"));
            if (profile.Decisions.Count + profile.Decisions.LateRewards + profile.Decisions.Queries > 0) AppendDecisions(text, profile.Decisions);
            long interactions = profile.Events - profile.Decisions.Count - profile.Decisions.LateRewards - profile.Decisions.Queries;
            text.AppendLine(profile.WithValue == 0
                ? "values    none"
                : string.Create(CultureInfo.InvariantCulture, $"values    {profile.LowestValue:R} to {profile.HighestValue:R}, mean {profile.MeanValue:F4}; {interactions - profile.WithValue:N0} of {interactions:N0} interactions have none"));
            text.AppendLine($"time      {Time(profile.FirstTime)} to {Time(profile.LastTime)}");
            text.AppendLine(profile.WithoutTimeOrder == 0
                ? "order     by time: Source:Order=file streams it in constant memory"
                : string.Create(CultureInfo.InvariantCulture, $"order     not by time ({profile.WithoutTimeOrder:N0} events are earlier than the one before): Source:Order=time sorts it"));
        }

        if (end.RejectedTotal > 0)
        {
            text.AppendLine("rejected");
            for (int reason = 0; reason < RejectionReasons.Count; reason++)
            {
                if (end.Rejected[reason] > 0) text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"  {((RejectionReason)reason).Label(),-18} {end.Rejected[reason]:N0}"));
            }

            text.AppendLine("the first of them");
            foreach ((Rejection rejection, string excerpt) in profile.FirstRejections)
                text.AppendLine($"  line {rejection.Line}: {rejection.Error.Reason.Label()}{(rejection.Error.Field.Length == 0 ? "" : " in " + rejection.Error.Field)}: {Printable(excerpt)}");
        }

        return text.ToString();
    }

    /// <summary>What a file of items holds.</summary>
    public static string Of(ItemListing items)
    {
        ItemCatalogue catalogue = items.Catalogue;
        StringBuilder text = new();
        text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"listed    {catalogue.Count:N0} items of {items.Records:N0} records in {items.Path}, {items.BadRecords:N0} rejected"));
        if (items.BadRecords == 0) return text.ToString();
        text.AppendLine("the first of them");
        foreach (string bad in items.FirstBad) text.AppendLine($"  {bad}");
        return text.ToString();
    }

    private static void AppendDecisions(StringBuilder text, DecisionProfile decisions)
    {
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"decisions {decisions.Count:N0}, {decisions.WithReward:N0} with their reward ({decisions.FullInformation:N0} with that of every action); {decisions.LateRewards:N0} late rewards"));
        if (decisions.Queries > 0) text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"          and {decisions.Queries:N0} without a choice, of which nothing is learned"));
        if (decisions.Count == 0) return;
        string mean = decisions.WithReward > 0 ? string.Create(CultureInfo.InvariantCulture, $", mean reward {decisions.MeanReward:G6}") : "";
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"          {decisions.FewestActions:N0} to {decisions.MostActions:N0} actions, propensity {decisions.LowestPropensity:G6} to {decisions.HighestPropensity:G6}{mean}"));
    }

    private static string Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * 10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
