using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.State;
using Streaming.Sinks.Jsonl;

namespace Streaming.Sinks.Kafka;

/// <summary>
/// Sends a message when a detector of change enters its warning state, and one for each drift:
/// <c>{"stage":"drift","signal":"drift","event":1023,"partition":3,"offset":1040,"ts":"2013-05-31T11:33:20Z"}</c>.
/// </summary>
/// <remarks>
/// <para><c>event</c> is the 0-based number in the stream of the event at which it was noticed; <c>topic</c>, by name, is there where the source has topics. The key is the
/// stage. Headers: <c>source</c>, <c>topic</c> (where the source has topics), <c>partition</c>, <c>offset</c>, <c>stage</c>, <c>signal</c>.</para>
/// <para>Delivery is at least once: after a crash the signals since the last snapshot come again, equal in every byte.</para>
/// <para>State: what each detector said last, by its stage. One caller at a time.</para>
/// </remarks>
public sealed class KafkaSignalsSink : ISink, IDeliverySink, IStateful
{
    private static readonly byte[][] Names = [.. Enum.GetNames<DriftSignal>().Select(name => Encoding.UTF8.GetBytes(name.ToLowerInvariant()))];

    private readonly TextHeader _stage = new("stage");
    private readonly TextHeader _signal = new("signal");
    private readonly SinkBinding _binding;
    private readonly PlaceHeaders _headers;
    private readonly KafkaOutput _output;
    private readonly Utf8JsonWriter _json;
    private readonly (ColumnView Column, byte[] Stage)[] _columns;
    private readonly int[] _last;
    private readonly byte[] _text = new byte[IsoTime.MaxBytes];

    /// <summary>A sink that connects with the first batch, and reads the columns of signals among those it is given.</summary>
    public KafkaSignalsSink(KafkaSinkOptions options, SinkBinding binding, TimeProvider time)
    {
        _headers = new PlaceHeaders(binding, _stage, _signal);
        (_binding, _output) = (binding, new KafkaOutput(options, binding, _headers, time));
        _json = new Utf8JsonWriter(_output.Value, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        _columns = [.. binding.Columns.Where(c => c.Form == IntegerForm.Signal).Select(c => (c, Encoding.UTF8.GetBytes(c.Stage)))];
        _last = new int[_columns.Length];
        if (_columns.Length == 0) binding.Say($"{binding.Id}: no stage watches for drift, so there will be no signals");
    }

    /// <inheritdoc/>
    public DeliveryCounts Deliveries => _output.Deliveries;

    /// <inheritdoc/>
    public string StateTag => "kafka-signals";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        await _output.BeginAsync(batch, ct);
        if (_columns.Length == 0) return;
        for (int row = 0; row < batch.Count; row++)
        {
            for (int column = 0; column < _columns.Length; column++)
            {
                int signal = batch.Column(_columns[column].Column.Integer)[row];
                if (!IsNews(column, signal)) continue;
                Compose(batch, row, _columns[column].Stage, signal);
                await _output.SendAsync(ct);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(long epoch, CancellationToken ct) => new(_output.FlushAsync(ct));

    /// <summary>Nothing to fix: <see cref="Save"/> writes what was said last as it is.</summary>
    /// <param name="epoch">Number of the snapshot.</param>
    public void Freeze(long epoch)
    {
    }

    /// <summary>Writes the number of columns, then the stage of each and what it said last.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Write(_columns.Length);
        for (int i = 0; i < _columns.Length; i++)
        {
            writer.WriteText(_columns[i].Column.Stage);
            writer.Write(_last[i]);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote; a stage that was not there begins with nothing said.</summary>
    public void Restore(ref StateReader reader, int version)
    {
        Array.Clear(_last);
        int count = reader.ReadLength(1 << 16);
        for (int i = 0; i < count; i++)
        {
            string stage = reader.ReadText(1024);
            int signal = reader.Read<int>();
            int column = Array.FindIndex(_columns, c => c.Column.Stage == stage);
            if (column >= 0) _last[column] = signal;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _json.DisposeAsync();
        await _output.DisposeAsync();
    }

    /// <summary>Whether it is a drift, or the first of a run of warnings. An event that the detector did not see changes nothing.</summary>
    private bool IsNews(int column, int signal)
    {
        if (signal < 0) return false;
        bool news = signal == (int)DriftSignal.Drift || (signal == (int)DriftSignal.Warning && _last[column] != signal);
        _last[column] = signal;
        return news;
    }

    private void Compose(EventBatch batch, int row, byte[] stage, int signal)
    {
        ref readonly Event e = ref batch.Events[row];
        _headers.Set(e.Topic, e.Partition, e.Offset);
        _stage.Set(stage);
        _signal.Set(Names[signal]);
        _output.Key.Write(stage);
        _json.Reset(_output.Value);
        _json.WriteStartObject();
        _json.WriteString("stage"u8, stage);
        _json.WriteString("signal"u8, Names[signal]);
        _json.WriteNumber("event"u8, batch.FirstOrdinal + row);
        if (_binding.Topics.Count > 0) _json.WriteString("topic"u8, _binding.Topics[e.Topic]);
        _json.WriteNumber("partition"u8, e.Partition);
        _json.WriteNumber("offset"u8, e.Offset);
        _json.WriteString("ts"u8, _text.AsSpan(0, IsoTime.Format(e.Time, _text)));
        _json.WriteEndObject();
        _json.Flush();
    }
}
