using System.Collections.Immutable;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;

namespace Streaming.Host.Graph;

/// <summary>Puts stages in order, resolves what each reads of the others, and gives columns their slots.</summary>
internal static class PlanBuilder
{
    /// <summary>What a plan is made from, beside the stages.</summary>
    public sealed record Frame(
        string Source,
        ulong Seed,
        ValueRange Range,
        int BatchSize,
        long SourceBytes,
        ImmutableArray<(string Id, string Type)> Sinks,
        ImmutableArray<string> SinksThatReadAll,
        ItemCatalogue Items);

    /// <summary>The plan; null if there were mistakes, which are added to <paramref name="mistakes"/>.</summary>
    public static GraphPlan? Build(IReadOnlyList<StageConfiguration> stages, Frame frame, List<ConfigurationMistake> mistakes)
    {
        int before = mistakes.Count;
        IReadOnlyList<StageConfiguration> ordered = Order(stages, mistakes);
        Dictionary<string, StageConfiguration> byId = ordered.ToDictionary(s => s.Id, StringComparer.Ordinal);
        Dictionary<string, int> position = ordered.Select((s, i) => (s.Id, i)).ToDictionary(p => p.Id, p => p.i, StringComparer.Ordinal);

        // Who reads what, by stage and column name; sorted so that slots do not depend on who asks first.
        Dictionary<string, SortedDictionary<string, (ColumnDefinition Definition, List<string> Readers)>> demanded = ordered.ToDictionary(
            s => s.Id, _ => new SortedDictionary<string, (ColumnDefinition, List<string>)>(StringComparer.Ordinal), StringComparer.Ordinal);
        Dictionary<string, List<string>> reads = [];
        foreach (StageConfiguration reader in ordered)
        {
            reads[reader.Id] = [];
            foreach (ColumnRead read in reader.Type.Reads(reader.Options))
            {
                string path = $"Stages:{reader.Id}:{read.Option}";
                if (Resolve(read, reader, byId, position, out ColumnDefinition? definition) is { } wrong)
                {
                    mistakes.Add(new ConfigurationMistake(path, wrong));
                    continue;
                }

                reads[reader.Id].Add(read.FullName);
                Demand(demanded[read.Stage], read.Column, definition!, reader.Id);
            }
        }

        foreach (string sink in frame.SinksThatReadAll)
        {
            foreach (StageConfiguration stage in ordered)
            {
                foreach (ColumnDefinition column in stage.Type.Columns.Where(c => !c.IsFamily)) Demand(demanded[stage.Id], column.Name, column, sink);
                foreach (string member in demanded[stage.Id].Keys.Where(k => k.Contains('@')).ToArray()) Demand(demanded[stage.Id], member, demanded[stage.Id][member].Definition, sink);
            }
        }

        if (mistakes.Count > before) return null;
        return Assign(ordered, frame, demanded, reads);
    }

    private static void Demand(SortedDictionary<string, (ColumnDefinition Definition, List<string> Readers)> columns, string name, ColumnDefinition definition, string reader)
    {
        if (!columns.TryGetValue(name, out (ColumnDefinition Definition, List<string> Readers) entry)) columns[name] = entry = (definition, []);
        if (!entry.Readers.Contains(reader)) entry.Readers.Add(reader);
    }

    private static string? Resolve(
        ColumnRead read, StageConfiguration reader, Dictionary<string, StageConfiguration> byId, Dictionary<string, int> position, out ColumnDefinition? definition)
    {
        definition = null;
        if (!byId.TryGetValue(read.Stage, out StageConfiguration? writer))
            return $"asks for {read.FullName}, but there is no stage '{read.Stage}'; the stages are {string.Join(", ", byId.Keys.Order(StringComparer.Ordinal))}";
        int at = read.Column.IndexOf('@');
        string name = at < 0 ? read.Column : read.Column[..(at + 1)];
        definition = writer.Type.Columns.FirstOrDefault(c => c.Name == name);
        if (definition is null)
            return $"asks for {read.FullName}, but a stage of type {writer.Type.Name} writes {string.Join(", ", writer.Type.Columns.Select(c => c.IsFamily ? c.Name + "N" : c.Name))}";
        if (definition.Type != read.Type) return $"asks for {read.FullName}, which has {definition.Type} values; {read.Type} ones are needed";
        if (position[writer.Id] >= position[reader.Id])
            return $"asks for {read.FullName}, but '{writer.Id}' ({writer.Type.Kind}) does not come before '{reader.Id}' ({reader.Type.Kind}): nothing flows backward";
        return null;
    }

    /// <summary>Kind, then <c>After</c>, then id: the next stage is always the first, by kind and id, of those whose predecessors are all placed.</summary>
    private static List<StageConfiguration> Order(IReadOnlyList<StageConfiguration> stages, List<ConfigurationMistake> mistakes)
    {
        HashSet<string> ids = [.. stages.Select(s => s.Id)];
        foreach (StageConfiguration stage in stages)
        {
            foreach (string after in stage.After)
            {
                StageConfiguration? other = stages.FirstOrDefault(s => s.Id == after);
                if (other is null) mistakes.Add(new ConfigurationMistake($"Stages:{stage.Id}:After", $"names '{after}', which is no stage"));
                else if (other.Type.Kind > stage.Type.Kind)
                    mistakes.Add(new ConfigurationMistake($"Stages:{stage.Id}:After", $"names '{after}' ({other.Type.Kind}), which comes later than {stage.Type.Kind} in the flow"));
            }
        }

        List<StageConfiguration> waiting = [.. stages.OrderBy(s => s.Type.Kind).ThenBy(s => s.Id, StringComparer.Ordinal)];
        List<StageConfiguration> ordered = [];
        HashSet<string> placed = new(StringComparer.Ordinal);
        while (waiting.Count > 0)
        {
            StageConfiguration? next = waiting.FirstOrDefault(s => s.After.All(a => placed.Contains(a) || !ids.Contains(a)));
            if (next is null)
            {
                mistakes.Add(new ConfigurationMistake($"Stages:{waiting[0].Id}:After", "is part of a circle: " + string.Join(", ", waiting.Select(s => s.Id))));
                ordered.AddRange(waiting);
                break;
            }

            waiting.Remove(next);
            placed.Add(next.Id);
            ordered.Add(next);
        }

        return ordered;
    }

    private static GraphPlan Assign(
        IReadOnlyList<StageConfiguration> ordered,
        Frame frame,
        Dictionary<string, SortedDictionary<string, (ColumnDefinition Definition, List<string> Readers)>> demanded,
        Dictionary<string, List<string>> reads)
    {
        int[] used = new int[Enum.GetValues<ColumnType>().Length];
        Dictionary<string, int> slots = new(StringComparer.Ordinal);
        ImmutableArray<PlannedStage>.Builder planned = ImmutableArray.CreateBuilder<PlannedStage>(ordered.Count);
        foreach (StageConfiguration stage in ordered)
        {
            ImmutableArray<PlannedColumn> writes =
            [
                .. demanded[stage.Id].Select(d => new PlannedColumn(
                    stage.Id, d.Key, d.Value.Definition, used[(int)d.Value.Definition.Type]++, [.. d.Value.Readers])),
            ];
            foreach (PlannedColumn column in writes) slots[column.FullName] = column.Slot;
            StageBinding binding = new(
                stage.Id,
                CounterRng.Derive(frame.Seed, stage.Id),
                frame.Range,
                reads[stage.Id].Distinct(StringComparer.Ordinal).ToDictionary(r => r, r => slots[r], StringComparer.Ordinal),
                writes.ToDictionary(w => w.Name, w => w.Slot, StringComparer.Ordinal))
            {
                Items = frame.Items,
            };
            planned.Add(new PlannedStage(stage.Id, stage.Type, stage.Options, binding, [.. reads[stage.Id]], writes, stage.Type.Bytes(stage.Options, binding)));
        }

        return new GraphPlan
        {
            Stages = planned.ToImmutable(),
            Sinks = frame.Sinks,
            Source = frame.Source,
            Seed = frame.Seed,
            Range = frame.Range,
            BatchSize = frame.BatchSize,
            RealColumns = used[(int)ColumnType.Real],
            IntegerColumns = used[(int)ColumnType.Integer],
            ListColumns = used[(int)ColumnType.List],
            SourceBytes = frame.SourceBytes,
            Items = frame.Items,
        };
    }
}
