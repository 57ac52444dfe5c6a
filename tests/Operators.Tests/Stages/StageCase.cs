using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Tests.Models;

namespace Streaming.Operators.Tests.Stages;

/// <summary>One stage type with options: builds stages that all read the same columns and write every column there is.</summary>
internal sealed class StageCase
{
    private readonly StageType _type;
    private readonly object _options;
    private readonly StageBinding _binding;
    private readonly int _realInputs;
    private readonly int _integerInputs;
    private readonly int _listInputs;
    private readonly int _reals;
    private readonly int _integers;
    private readonly int _lists;

    public StageCase(StageType type, object options)
    {
        (_type, _options) = (type, options);
        Dictionary<string, int> reads = [], writes = [];
        int[] used = new int[3];
        foreach (ColumnRead read in type.Reads(options)) reads[read.FullName] = used[(int)read.Type]++;
        (_realInputs, _integerInputs, _listInputs) = (used[0], used[1], used[2]);
        foreach (ColumnDefinition column in type.Columns)
        {
            string[] members = column.Name == "top@" ? ["1", "5/2", "20/3"] : ["1", "20", "full"];
            foreach (string name in column.IsFamily ? members.Select(m => column.Name + m) : [column.Name]) writes[name] = used[(int)column.Type]++;
        }

        (_reals, _integers, _lists) = (used[0], used[1], used[2]);

        _binding = new StageBinding("s", 11, new ValueRange(-1e6, 1e6), reads, writes) { Items = ListedItems.Draw(200) };
    }

    public long Bytes => _type.Bytes(_options, _binding);

    /// <summary>A pool of one batch that has every column.</summary>
    public BatchPool Pool(int capacity) => new(1, capacity, _reals, _integers, _lists);

    public IOperator Create() => _type.Create(_options, _binding);

    /// <summary>Runs events <paramref name="first"/> to <paramref name="end"/>, cut into batches of this size; every output column as bits, event by event.</summary>
    public long[] Run(IOperator stage, StageStream stream, int first, int end, int batchSize)
    {
        List<long> outputs = [];
        using BatchPool pool = Pool(batchSize);
        for (int start = first; start < end; start += batchSize)
        {
            BatchLease lease = pool.Rent();
            EventBatch batch = lease.Batch;
            batch.FirstOrdinal = start;
            int count = Math.Min(batchSize, end - start);
            for (int i = start; i < start + count; i++) stream.AddTo(batch, i);
            for (int c = 0; c < _reals; c++) Inputs(c < _realInputs, stream.Reals.AsSpan(start, count), 123456.789, batch.Column(new ColumnSlot<double>(c)));
            for (int c = 0; c < _integers; c++) Inputs(c < _integerInputs, stream.Ranks.AsSpan(start, count), 123456789, batch.Column(new ColumnSlot<int>(c)));
            for (int c = 0; c < _lists; c++) Lists(c < _listInputs, stream.Lists.AsSpan(start, count), batch, batch.Column(new ColumnSlot<ArenaSpan>(c)));
            stage.Process(batch);
            for (int i = 0; i < count; i++)
            {
                for (int c = _realInputs; c < _reals; c++) outputs.Add(BitConverter.DoubleToInt64Bits(batch.Column(new ColumnSlot<double>(c))[i]));
                for (int c = _integerInputs; c < _integers; c++) outputs.Add(batch.Column(new ColumnSlot<int>(c))[i]);
                for (int c = _listInputs; c < _lists; c++) outputs.Add(Digest(batch.Items[batch.Column(new ColumnSlot<ArenaSpan>(c))[i]]));
            }

            lease.Release();
        }

        return [.. outputs];
    }

    public static string Report(IOperator stage)
    {
        StageReport report = new("s", "t");
        stage.Report(report);
        return string.Join('\n', report.Entries.Select(e => $"{e.Name} {Text(e.Value)}"));
    }

    // What no stage writes stays as it was in the batch before: a value that nothing else can be.
    private static void Inputs<T>(bool isInput, Span<T> inputs, T unwritten, Span<T> column)
    {
        if (isInput) inputs.CopyTo(column);
        else column.Fill(unwritten);
    }

    private static void Lists(bool isInput, ReadOnlySpan<ulong[]> inputs, EventBatch batch, Span<ArenaSpan> column)
    {
        for (int i = 0; i < column.Length; i++) column[i] = isInput ? batch.Items.Add(inputs[i]) : new ArenaSpan(int.MaxValue, 1);
    }

    private static long Digest(ReadOnlySpan<ulong> items)
    {
        ulong digest = (ulong)items.Length;
        foreach (ulong item in items) digest = (digest * 6364136223846793005UL) + item;
        return (long)digest;
    }

    private static string Text(ReportValue value) => value.Kind == ReportValueKind.Rows
        ? string.Join(';', value.Rows.Select(r => string.Join(',', r.Entries.Select(e => $"{e.Name} {Text(e.Value)}"))))
        : value.Kind == ReportValueKind.Text ? value.Text : $"{value.Kind} {value.Number:R} {value.Integer}";
}
