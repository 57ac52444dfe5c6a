using Npgsql;
using NpgsqlTypes;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;

namespace Streaming.Sinks.Postgres;

/// <summary>Rows of <c>window_metrics</c> that wait: one a stage and number of a report. What a stage cannot say is null; texts and lists are left out.</summary>
/// <remarks>One caller at a time.</remarks>
/// <param name="binding">Names source and shard.</param>
internal sealed class MetricRows(SinkBinding binding)
{
    private readonly List<Row> _rows = [];

    /// <summary>How many wait.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds the rows of the batch's report.</summary>
    public void Add(EventBatch batch)
    {
        Point point = new(batch.Position.Single.Records, batch.FirstOrdinal + batch.Count, PostgresTime.Of(batch.Position.Single.Time));
        foreach (StageReport stage in batch.Report!.Stages)
        {
            foreach (ReportEntry entry in stage.Entries)
            {
                double? value = entry.Value.Kind switch
                {
                    ReportValueKind.Number => entry.Value.Number,
                    ReportValueKind.Integer => entry.Value.Integer,
                    _ => null,
                };
                if (value is not null || entry.Value.Kind == ReportValueKind.Null) _rows.Add(new Row(point, stage.Id, entry.Name, value));
            }
        }
    }

    /// <summary>Sends the rows to the temporary table, in order.</summary>
    public async Task CopyAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync($"COPY {PostgresTables.NewMetrics} FROM STDIN (FORMAT BINARY)", ct);
        for (int i = 0; i < _rows.Count; i++)
        {
            Row row = _rows[i];
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(i, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(binding.Source, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(binding.Shard, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(row.Point.Records, NpgsqlDbType.Bigint, ct);
            await copy.WriteAsync(row.Point.Events, NpgsqlDbType.Bigint, ct);
            await copy.WriteTimeAsync(row.Point.Time, ct);
            await copy.WriteAsync(row.Stage, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(row.Metric, NpgsqlDbType.Text, ct);
            await copy.WriteNumberAsync(row.Value ?? double.NaN, ct);
        }

        await copy.CompleteAsync(ct);
    }

    /// <summary>Forgets the rows: they are committed.</summary>
    public void Clear() => _rows.Clear();

    private readonly record struct Point(long Records, long Events, long? Time);

    private readonly record struct Row(Point Point, string Stage, string Metric, double? Value);
}
