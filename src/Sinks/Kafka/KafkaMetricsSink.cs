using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sinks;
using Streaming.Sinks.Summary;

namespace Streaming.Sinks.Kafka;

/// <summary>
/// Sends what all stages report, as one message each <c>Every</c> records and one at the end of the stream:
/// <c>{"source":"clicks","shard":3,"offset":20000,"events":19990,"final":false,"stages":{"mf":{"type":"biased-mf","mae":0.67}}}</c>.
/// </summary>
/// <remarks>
/// <para><c>offset</c> is the number of records of the shard so far, <c>stages</c> what the summary has under this name. The key is the shard. Headers: <c>source</c>,
/// <c>partition</c> (the shard), <c>offset</c>.</para>
/// <para>Delivery is at least once: after a crash the messages since the last snapshot come again, equal in every byte. A report that somebody else asked for is not sent, so
/// what is sent follows from the stream alone. One caller at a time. Keeps no state.</para>
/// </remarks>
public sealed class KafkaMetricsSink : ISink, IDeliverySink
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly KafkaMetricsSinkOptions _options;
    private readonly SinkBinding _binding;
    private readonly PlaceHeaders _headers;
    private readonly KafkaOutput _output;
    private readonly ReportPoints _points;
    private readonly byte[] _key;

    /// <summary>A sink that connects with the first batch.</summary>
    public KafkaMetricsSink(KafkaMetricsSinkOptions options, SinkBinding binding, TimeProvider time)
    {
        // Not about one record: the topics of the source have no part in it.
        _headers = new PlaceHeaders(binding with { Topics = [] });
        (_options, _binding, _output) = (options, binding, new KafkaOutput(options, binding, _headers, time));
        _points = new ReportPoints(options.Every);
        _key = Encoding.UTF8.GetBytes(binding.Shard.ToString(CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public DeliveryCounts Deliveries => _output.Deliveries;

    /// <inheritdoc/>
    public long ReportEvery => _options.Every;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        await _output.BeginAsync(batch, ct);
        if (!_points.Take(batch)) return;
        Compose(batch, batch.Report!);
        await _output.SendAsync(ct);
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(long epoch, CancellationToken ct) => new(_output.FlushAsync(ct));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _output.DisposeAsync();

    private void Compose(EventBatch batch, PipelineReport report)
    {
        long records = batch.Position.Single.Records;
        _headers.Set(0, _binding.Shard, records);
        _output.Key.Write(_key);
        using Utf8JsonWriter json = new(_output.Value, JsonOptions);
        json.WriteStartObject();
        json.WriteString("source"u8, _binding.Source);
        json.WriteNumber("shard"u8, _binding.Shard);
        json.WriteNumber("offset"u8, records);
        json.WriteNumber("events"u8, batch.FirstOrdinal + batch.Count);
        json.WriteBoolean("final"u8, report.IsFinal);
        json.WriteStartObject("stages"u8);
        foreach (StageReport stage in report.Stages) ReportJson.WriteStage(json, stage, _binding.Names);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
