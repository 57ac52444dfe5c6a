using Npgsql;

namespace Streaming.Sinks.Postgres;

/// <summary>A connection that is made anew where it was lost, for as long as the options allow.</summary>
/// <remarks>Whatever is done may be done twice: a connection may be lost after the server has committed and before it has said so. One caller at a time.</remarks>
/// <param name="options">Where the server is.</param>
/// <param name="tables">The tables that are to be there.</param>
/// <param name="binding">Id for messages, and where notices go.</param>
/// <param name="time">Measures how long the server is waited for.</param>
internal sealed class PostgresSession(PostgresSinkOptions options, PostgresTables tables, SinkBinding binding, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private NpgsqlConnection? _connection;

    /// <summary>Does <paramref name="work"/> in one transaction; again, from its beginning, where the connection was lost or the server says that it may be tried again.</summary>
    /// <exception cref="IOException">The server refuses, or was away for too long.</exception>
    public async Task RunAsync(Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken ct)
    {
        Deadline deadline = new(time, TimeSpan.FromSeconds(options.TimeoutSeconds));
        using CancellationTokenSource limit = new(deadline.Left, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        for (TimeSpan pause = FirstPause; !await TryAsync(work, deadline, ct, either.Token); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            await Task.Delay(pause < deadline.Left ? pause : deadline.Left, time, ct);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => DropAsync();

    /// <summary>Whether the work is done; if not, it may be tried again.</summary>
    private async Task<bool> TryAsync(Func<NpgsqlConnection, CancellationToken, Task> work, Deadline deadline, CancellationToken ct, CancellationToken either)
    {
        try
        {
            _connection ??= await OpenAsync(either);
            await using NpgsqlTransaction transaction = await _connection.BeginTransactionAsync(either);
            await work(_connection, either);
            await transaction.CommitAsync(either);
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            await DropAsync();
            ct.ThrowIfCancellationRequested();
            if (deadline.IsOver || e is OperationCanceledException) throw Failure($"was away or slow for {options.TimeoutSeconds} s (TimeoutSeconds): {Text(e)}", e);
            if (e is not NpgsqlException { IsTransient: true }) throw Failure($"refuses: {Text(e)}", e);
            binding.Say($"{binding.Id}: PostgreSQL at {Place} is tried again: {Text(e)}");
            return false;
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken ct)
    {
        NpgsqlConnectionStringBuilder builder = new(options.Connection) { Pooling = false, Timeout = options.TimeoutSeconds, CommandTimeout = options.TimeoutSeconds };
        if (options.Password is { Length: > 0 }) builder.Password = options.Password;
        if (string.IsNullOrEmpty(builder.ApplicationName)) builder.ApplicationName = "streaming";
        NpgsqlConnection connection = new(builder.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            await PrepareAsync(connection, ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task PrepareAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        (bool haveTables, bool haveSchema) = await LookAsync(connection, ct);
        if (!haveTables)
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(ct);
            await ExecuteAsync(connection, PostgresTables.Lock, ct);
            if (!haveSchema) await ExecuteAsync(connection, tables.CreateSchema, ct);
            await ExecuteAsync(connection, tables.Create, ct);
            await transaction.CommitAsync(ct);
        }

        await ExecuteAsync(connection, PostgresTables.CreateTemporary, ct);
    }

    private async Task<(bool Tables, bool Schema)> LookAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using NpgsqlCommand command = new(tables.Versions, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        bool all = true;
        for (int i = 0; i < 2; i++)
        {
            string? found = reader.IsDBNull(i) ? null : reader.GetString(i);
            all &= found is not null;
            if (found is not null && found != PostgresTables.Expected)
                throw new IOException($"{binding.Id}: the tables in schema {options.Schema} at {Place} say of themselves '{found}'; this program writes '{PostgresTables.Expected}'. Give another Schema.");
        }

        return (all, reader.GetBoolean(2));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async ValueTask DropAsync()
    {
        if (_connection is not { } connection) return;
        _connection = null;
        await connection.DisposeAsync();
    }

    private string Place
    {
        get
        {
            NpgsqlConnectionStringBuilder builder = new(options.Connection);
            return $"{builder.Host}:{builder.Port}/{builder.Database ?? builder.Username}";
        }
    }

    private IOException Failure(string text, Exception cause) => new($"{binding.Id}: PostgreSQL at {Place} {text}", cause);

    private string Text(Exception e)
    {
        string text = e is PostgresException server ? $"{server.SqlState} {server.MessageText}" : e.Message;
        return options.Password is { Length: > 0 } password ? text.Replace(password, "***", StringComparison.Ordinal) : text;
    }
}
