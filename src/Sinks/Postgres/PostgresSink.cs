using Npgsql;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Stages;

namespace Streaming.Sinks.Postgres;

/// <summary>
/// Writes what the stages report, as rows of <c>window_metrics</c>, and what was decided, as rows of <c>decisions</c>, to PostgreSQL (10 or newer).
/// </summary>
/// <remarks>
/// <para><c>window_metrics</c>: one row a stage and number, each <c>Every</c> records and at the end of the stream, by <c>source</c>, <c>partition</c> (the shard),
/// <c>record_offset</c> (records of the shard so far), <c>stage</c> and <c>metric</c>; <c>event_ordinal</c> counts the events so far, <c>event_time</c> is that of the last.
/// <c>decisions</c>: one row a decision, by <c>source</c>, <c>partition</c>, <c>topic</c> (empty where the source has none) and <c>record_offset</c>; <c>stages</c> has what
/// each stage said of it, as <see cref="Jsonl.EventsSink"/> writes it. What does not exist is null.</para>
/// <para>Rows gather, up to 10,000 or 16 MiB, and are committed together: then, and at each barrier. A row that is there with the same key is changed only where it differs,
/// so writing again after a resume changes nothing, and the sink needs no state. A report that somebody else asked for is not written.</para>
/// <para>A lost connection is made anew, for <c>TimeoutSeconds</c> in all; a server that refuses fails the run at once. Rows that were not committed when a run fails come again from
/// the source.</para>
/// <para>Forgetting a user removes the decisions about them. One caller at a time.</para>
/// </remarks>
public sealed class PostgresSink : ISink, IForgetful
{
    private const int MostRows = 10_000;
    private const int MostBytes = 16 << 20;

    private readonly PostgresSinkOptions _options;
    private readonly SinkBinding _binding;
    private readonly PostgresTables _tables;
    private readonly PostgresSession _session;
    private readonly ReportPoints _points;
    private readonly MetricRows _metrics;
    private readonly DecisionRows _decisions;
    private readonly List<string> _forgotten = [];
    private bool _connected;

    /// <summary>A sink that connects with the first batch.</summary>
    public PostgresSink(PostgresSinkOptions options, SinkBinding binding, TimeProvider time)
    {
        (_options, _binding, _tables) = (options, binding, new PostgresTables(options.Schema));
        _session = new PostgresSession(options, _tables, binding, time);
        _points = new ReportPoints(options.Every);
        _metrics = new MetricRows(binding);
        _decisions = new DecisionRows(binding);
    }

    /// <inheritdoc/>
    public long ReportEvery => _options.Every;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (!_connected || _forgotten.Count > 0) await CommitAsync(ct);
        if (_points.Take(batch)) _metrics.Add(batch);
        if (_options.Decisions) await AddDecisionsAsync(batch, ct);
        if (_metrics.Count >= MostRows) await CommitAsync(ct);
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(long epoch, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (_metrics.Count + _decisions.Count + _forgotten.Count > 0) await CommitAsync(ct);
    }

    /// <summary>Removes the decisions about the user, those that wait included: with the next batch or barrier.</summary>
    /// <param name="user">The user's key.</param>
    public void Forget(ulong user)
    {
        if (_options.Decisions && _binding.Names.NameToErase(user) is { } name) _forgotten.Add(name);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _decisions.Dispose();
        await _session.DisposeAsync();
    }

    private async ValueTask AddDecisionsAsync(EventBatch batch, CancellationToken ct)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            if (batch.Events[row].Kind != EventKind.Decision) continue;
            _decisions.Add(batch, row);
            if (_decisions.Count >= MostRows || _decisions.TextBytes >= MostBytes) await CommitAsync(ct);
        }
    }

    private async Task CommitAsync(CancellationToken ct)
    {
        await _session.RunAsync(WriteAsync, ct);
        _metrics.Clear();
        _decisions.Clear();
        _forgotten.Clear();
        _connected = true;
    }

    private async Task WriteAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        if (_metrics.Count > 0)
        {
            await _metrics.CopyAsync(connection, ct);
            await ExecuteAsync(connection, _tables.MergeMetrics, ct);
        }

        if (_decisions.Count > 0)
        {
            await _decisions.CopyAsync(connection, ct);
            await ExecuteAsync(connection, _tables.MergeDecisions, ct);
        }

        foreach (string user in _forgotten) await ExecuteAsync(connection, _tables.Forget, ct, _binding.Source, user);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params string[] values)
    {
        await using NpgsqlCommand command = new(sql, connection);
        foreach (string value in values) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        await command.ExecuteNonQueryAsync(ct);
    }
}
