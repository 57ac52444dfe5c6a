using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;

namespace Streaming.Sinks.Jsonl;

/// <summary>The columns of one stage, and how they become the stage's object in an event's line.</summary>
internal sealed class StageColumns
{
    private static readonly JsonEncodedText Warning = JsonEncodedText.Encode("warning");
    private static readonly JsonEncodedText Drift = JsonEncodedText.Encode("drift");

    private readonly JsonEncodedText _stage;
    private readonly ColumnView[] _columns;
    private readonly JsonEncodedText[] _names;
    private readonly EntityKeyCodec _keys;
    private readonly byte[] _text = new byte[EntityKeyCodec.MaxIdBytes];

    private StageColumns(string stage, ColumnView[] columns, EntityKeyCodec keys)
    {
        _keys = keys;
        _stage = JsonEncodedText.Encode(stage);
        _columns = columns;
        _names = [.. columns.Select(column => JsonEncodedText.Encode(column.Column))];
    }

    /// <summary>One group a stage: stages in the order in which they first come, columns in theirs.</summary>
    public static StageColumns[] Group(IReadOnlyList<ColumnView> columns, EntityKeyCodec keys) =>
        [.. columns.GroupBy(column => column.Stage, StringComparer.Ordinal).Select(group => new StageColumns(group.Key, [.. group], keys))];

    /// <summary>Writes the stage's object for the event at <paramref name="row"/>; nothing if it says nothing of the event.</summary>
    public void Write(Utf8JsonWriter json, EventBatch batch, int row)
    {
        bool open = false;
        for (int i = 0; i < _columns.Length; i++)
        {
            ColumnView column = _columns[i];
            switch (column.Type)
            {
                case ColumnType.Real:
                    WriteReal(json, _names[i], batch.Column(column.Real)[row], ref open);
                    break;
                case ColumnType.Integer:
                    WriteInteger(json, _names[i], column.Form, batch.Column(column.Integer)[row], ref open);
                    break;
                default:
                    WriteList(json, _names[i], batch.Items[batch.Column(column.List)[row]], ref open);
                    break;
            }
        }

        if (open) json.WriteEndObject();
    }

    private void WriteReal(Utf8JsonWriter json, JsonEncodedText name, double value, ref bool open)
    {
        if (double.IsNaN(value)) return;
        Open(json, ref open);
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private void WriteList(Utf8JsonWriter json, JsonEncodedText name, ReadOnlySpan<ulong> items, ref bool open)
    {
        if (items.IsEmpty) return;
        Open(json, ref open);
        json.WriteStartArray(name);
        foreach (ulong item in items)
        {
            _ = _keys.TryFormatName(item, _text, out int length);
            json.WriteStringValue(_text.AsSpan(0, length));
        }

        json.WriteEndArray();
    }

    private void WriteInteger(Utf8JsonWriter json, JsonEncodedText name, IntegerForm form, int value, ref bool open)
    {
        switch (form)
        {
            case IntegerForm.Rank when value == Ranks.None:
            case IntegerForm.Number when value < 0:
            case IntegerForm.Signal when value is not ((int)DriftSignal.Warning or (int)DriftSignal.Drift):
                return;
            case IntegerForm.Rank when value < 1:
                Open(json, ref open);
                json.WriteNull(name);
                return;
            case IntegerForm.Signal:
                Open(json, ref open);
                json.WriteString(name, value == (int)DriftSignal.Drift ? Drift : Warning);
                return;
            default:
                Open(json, ref open);
                json.WriteNumber(name, value);
                return;
        }
    }

    private void Open(Utf8JsonWriter json, ref bool open)
    {
        if (open) return;
        json.WriteStartObject(_stage);
        open = true;
    }
}
