using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Sinks.Jsonl;

namespace Streaming.Sinks.Postgres;

/// <summary>Rows of <c>decisions</c> that wait, and their texts in one buffer.</summary>
/// <remarks>Allocates nothing per event while rows gather. One caller at a time.</remarks>
internal sealed class DecisionRows : IDisposable
{
    private readonly SinkBinding _binding;
    private readonly StageColumns[] _stages;
    private readonly List<Row> _rows = [];
    private readonly ArrayBufferWriter<byte> _texts = new();
    private readonly Utf8JsonWriter _json;

    /// <summary>No rows.</summary>
    public DecisionRows(SinkBinding binding)
    {
        _binding = binding;
        _stages = StageColumns.Group(binding.Columns, binding.Names);
        _json = new Utf8JsonWriter(_texts, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>How many wait.</summary>
    public int Count => _rows.Count;

    /// <summary>Bytes of their texts.</summary>
    public int TextBytes => _texts.WrittenCount;

    /// <summary>Adds the decision at <paramref name="row"/>, with what each stage said of it.</summary>
    public void Add(EventBatch batch, int row)
    {
        ref readonly Event e = ref batch.Events[row];
        _rows.Add(new Row(e.Partition, e.Topic, e.Offset, PostgresTime.Of(e.Time), e.Propensity, e.Value, Name(e.User), Name(e.Item), Stages(batch, row)));
    }

    /// <summary>Sends the rows to the temporary table, in order.</summary>
    public async Task CopyAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync($"COPY {PostgresTables.NewDecisions} FROM STDIN (FORMAT BINARY)", ct);
        for (int i = 0; i < _rows.Count; i++)
        {
            Row row = _rows[i];
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(i, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(_binding.Source, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(row.Partition, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(_binding.Topics.Count > 0 ? _binding.Topics[row.Topic] : "", NpgsqlDbType.Text, ct);
            await copy.WriteAsync(row.Offset, NpgsqlDbType.Bigint, ct);
            await copy.WriteTimeAsync(row.Time, ct);
            await copy.WriteTextAsync(Text(row.User), NpgsqlDbType.Text, ct);
            await copy.WriteTextAsync(Text(row.Chosen), NpgsqlDbType.Text, ct);
            await copy.WriteNumberAsync(row.Propensity, ct);
            await copy.WriteNumberAsync(row.Reward, ct);
            await copy.WriteTextAsync(Text(row.Stages), NpgsqlDbType.Jsonb, ct);
        }

        await copy.CompleteAsync(ct);
    }

    /// <summary>Forgets the rows: they are committed.</summary>
    public void Clear()
    {
        _rows.Clear();
        _texts.ResetWrittenCount();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private ReadOnlyMemory<byte> Text(ArenaSpan span) => _texts.WrittenMemory.Slice(span.Start, span.Length);

    private ArenaSpan Name(ulong key)
    {
        int start = _texts.WrittenCount;
        _ = _binding.Names.TryFormatName(key, _texts.GetSpan(EntityKeyCodec.MaxIdBytes), out int length);
        _texts.Advance(length);
        return new ArenaSpan(start, length);
    }

    private ArenaSpan Stages(EventBatch batch, int row)
    {
        int start = _texts.WrittenCount;
        _json.Reset(_texts);
        _json.WriteStartObject();
        foreach (StageColumns stage in _stages) stage.Write(_json, batch, row);
        _json.WriteEndObject();
        _json.Flush();
        return new ArenaSpan(start, _texts.WrittenCount - start);
    }

    private readonly record struct Row(
        int Partition, byte Topic, long Offset, long? Time, double Propensity, double Reward, ArenaSpan User, ArenaSpan Chosen, ArenaSpan Stages);
}
