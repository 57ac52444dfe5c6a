using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>A few stages in a line without a graph: columns get slots, events flow in batches of any size, columns can be looked at afterwards.</summary>
internal sealed class StageRun : IDisposable
{
    private readonly List<(string Id, StageType Type, IOperator Operator)> _stages = [];
    private readonly Dictionary<string, int> _reals = [];
    private readonly Dictionary<string, int> _integers = [];
    private readonly Dictionary<string, int> _lists = [];
    private readonly Dictionary<string, List<double>> _recorded = [];
    private readonly Dictionary<string, List<ulong[]>> _recordedLists = [];

    public StageRun(ValueRange range, IEnumerable<(string Id, StageType Type, object Options)> stages, params string[] record)
    {
        List<(string Id, StageType Type, object Options)> list = [.. stages];
        foreach (ColumnRead read in list.SelectMany(s => s.Type.Reads(s.Options))) Assign(read.FullName, read.Type);
        foreach (string name in record)
        {
            (string id, StageType type, _) = list.Single(s => name.StartsWith(s.Id + ".", StringComparison.Ordinal));
            string column = name[(id.Length + 1)..];
            Assign(name, type.Columns.Single(c => c.Name == column || (c.IsFamily && column.StartsWith(c.Name, StringComparison.Ordinal))).Type);
            if (_lists.ContainsKey(name)) _recordedLists[name] = [];
            else _recorded[name] = [];
        }

        foreach ((string id, StageType type, object options) in list)
        {
            Dictionary<string, int> writes = _reals.Concat(_integers).Concat(_lists).Where(c => c.Key.StartsWith(id + ".", StringComparison.Ordinal))
                .ToDictionary(c => c.Key[(id.Length + 1)..], c => c.Value);
            StageBinding binding = new(id, 7, range, _reals.Concat(_integers).Concat(_lists).ToDictionary(), writes) { Items = ListedItems.Draw(200) };
            Assert.True(type.Bytes(options, binding) > 0);
            _stages.Add((id, type, type.Create(options, binding)));
        }
    }

    public IOperator this[string id] => _stages.Single(s => s.Id == id).Operator;

    public IReadOnlyList<double> Column(string name) => _recorded[name];

    public IReadOnlyList<ulong[]> Lists(string name) => _recordedLists[name];

    public StageRun Run(ReadOnlySpan<Event> events, int batchSize = 1024)
    {
        using BatchPool pool = new(1, batchSize, _reals.Count, _integers.Count, _lists.Count);
        for (int start = 0; start < events.Length; start += batchSize)
        {
            BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
            EventBatch batch = lease.Batch;
            batch.FirstOrdinal = start;
            foreach (ref readonly Event e in events[start..Math.Min(events.Length, start + batchSize)]) batch.Add() = e;
            foreach ((_, _, IOperator stage) in _stages) stage.Process(batch);
            foreach ((string name, List<double> values) in _recorded)
            {
                if (_reals.TryGetValue(name, out int real)) values.AddRange(batch.Column(new ColumnSlot<double>(real)));
                else values.AddRange(batch.Column(new ColumnSlot<int>(_integers[name])).ToArray().Select(v => (double)v));
            }

            foreach ((string name, List<ulong[]> lists) in _recordedLists)
            {
                foreach (ArenaSpan list in batch.Column(new ColumnSlot<ArenaSpan>(_lists[name]))) lists.Add(batch.Items[list].ToArray());
            }

            lease.Release();
        }

        return this;
    }

    public StageReport Report(string id)
    {
        (_, StageType type, IOperator stage) = _stages.Single(s => s.Id == id);
        StageReport report = new(id, type.Name);
        stage.Report(report);
        return report;
    }

    public void Dispose()
    {
        foreach ((_, _, IOperator stage) in _stages) (stage as IDisposable)?.Dispose();
    }

    private void Assign(string name, ColumnType type)
    {
        Dictionary<string, int> slots = type == ColumnType.Real ? _reals : type == ColumnType.Integer ? _integers : _lists;
        slots.TryAdd(name, slots.Count);
    }
}
