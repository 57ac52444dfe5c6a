using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;
using Streaming.Sinks.Summary;

namespace Streaming.Sinks.Console;

/// <summary>
/// The table after a run, for people: a line about the run, one row a stage in the order of the flow (kind, id, type, what it reports), and the
/// <see cref="Verdict"/>.
/// </summary>
public static class FinalSummary
{
    private const string Gap = "   ";

    /// <summary>Writes the summary of <paramref name="data"/>.</summary>
    /// <param name="writer">Where it goes; flushed, not closed.</param>
    /// <param name="data">The run.</param>
    /// <param name="style">Colours, or none.</param>
    /// <param name="width">Columns there are: what a stage reports goes on in further lines below itself. At least one phrase stands in each.</param>
    public static void Write(TextWriter writer, SummaryData data, ConsoleStyle style, int width)
    {
        writer.WriteLine(style.Bold(RunLine(data)));
        if (data.Rejected > 0) writer.WriteLine("rejected: " + Reasons(data.RejectedByReason));
        if (data.Join.Decisions > 0) writer.WriteLine("late rewards: " + Joined(data.Join));
        WriteStages(writer, data, style, width);
        if (Verdict.Of(data.Report) is Verdict verdict)
            writer.WriteLine(verdict.LearningWins ? style.Good(verdict.Sentence) : style.Warn(verdict.Sentence));
        writer.Flush();
    }

    private static string RunLine(SummaryData data)
    {
        string line = $"{NumberText.Count(data.Events)} events in {NumberText.Duration(data.Seconds)} ({NumberText.Rate(data.EventsPerSecond)} events/s), "
            + $"{NumberText.Count(data.Rejected)} rejected";
        if (data.Filtered > 0) line += $", {NumberText.Count(data.Filtered)} filtered";
        if (data.ResumedFrom is long resumed) line += $", resumed at {NumberText.Count(resumed)}";
        return line + $", {NumberText.Mebibytes(data.PeakMemoryBytes)} peak";
    }

    private static string Joined(in JoinCounts join)
    {
        string line = $"{NumberText.Count(join.Rewards)} for {NumberText.Count(join.Decisions)} decisions, {NumberText.Count(join.Defaulted)} without any";
        return join.ClosedEarly > 0 ? line + $", {NumberText.Count(join.ClosedEarly)} windows closed early (Source:Join:MaxBytes)" : line;
    }

    private static string Reasons(IReadOnlyList<long> counts) =>
        string.Join(", ", from reason in Enumerable.Range(0, counts.Count)
                          where counts[reason] > 0
                          select $"{((RejectionReason)reason).Label()} {NumberText.Count(counts[reason])}");

    private static void WriteStages(TextWriter writer, SummaryData data, ConsoleStyle style, int width)
    {
        List<(string Kind, StageReport Report, List<string> Phrases)> rows =
            [.. data.Report.Stages.Select(stage => (Kind(data, stage.Id), stage, StageText.Of(stage, data.Names)))];
        if (rows.Count == 0) return;
        int kindWidth = rows.Max(row => row.Kind.Length), idWidth = rows.Max(row => row.Report.Id.Length), typeWidth = rows.Max(row => row.Report.Type.Length);
        int indent = kindWidth + idWidth + typeWidth + (3 * Gap.Length);
        foreach ((string kind, StageReport report, List<string> phrases) in rows)
        {
            string type = phrases.Count > 0 ? report.Type.PadRight(typeWidth) : report.Type;
            writer.Write(style.Dim(kind.PadRight(kindWidth)) + Gap + style.Bold(report.Id.PadRight(idWidth)) + Gap + type);
            WritePhrases(writer, phrases, indent, width);
            writer.WriteLine();
        }
    }

    private static void WritePhrases(TextWriter writer, List<string> phrases, int indent, int width)
    {
        int at = indent - Gap.Length;
        foreach (string phrase in phrases)
        {
            if (at >= indent && at + Gap.Length + phrase.Length > width)
            {
                writer.WriteLine();
                writer.Write(new string(' ', indent - Gap.Length));
                at = indent - Gap.Length;
            }

            writer.Write(Gap + phrase);
            at += Gap.Length + phrase.Length;
        }
    }

    private static string Kind(SummaryData data, string id) =>
        data.Kinds.TryGetValue(id, out var kind) ? kind.ToString().ToLowerInvariant() : "";
}
