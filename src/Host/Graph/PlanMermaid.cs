using System.Text;

namespace Streaming.Host.Graph;

/// <summary>A plan as a Mermaid flowchart: solid arrows are the flow of batches, dotted ones the columns that are read.</summary>
internal static class PlanMermaid
{
    public static string Of(GraphPlan plan)
    {
        StringBuilder text = new();
        text.AppendLine("flowchart LR");
        text.AppendLine($"  source([\"{Escape(plan.Source)}\"])");
        string before = "source";
        for (int i = 0; i < plan.Stages.Length; i++)
        {
            PlannedStage stage = plan.Stages[i];
            text.AppendLine($"  s{i}[\"{Escape(stage.Id)}<br/>{stage.Type.Kind}: {stage.Type.Name}\"]");
            text.AppendLine($"  {before} --> s{i}");
            before = $"s{i}";
        }

        for (int i = 0; i < plan.Sinks.Length; i++)
        {
            text.AppendLine($"  k{i}[/\"{Escape(plan.Sinks[i].Id)}: {plan.Sinks[i].Type}\"/]");
            text.AppendLine($"  {before} --> k{i}");
        }

        for (int i = 0; i < plan.Stages.Length; i++)
        {
            foreach (PlannedColumn column in plan.Stages[i].Writes)
            {
                for (int j = 0; j < plan.Stages.Length; j++)
                {
                    if (column.Readers.Contains(plan.Stages[j].Id)) text.AppendLine($"  s{i} -. {column.Name} .-> s{j}");
                }
            }
        }

        return text.ToString();
    }

    private static string Escape(string text) => text.Replace("\"", "&quot;", StringComparison.Ordinal);
}
