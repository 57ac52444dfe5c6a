namespace Streaming.Sinks.Postgres;

/// <summary>The tables, and what is said to the server about them.</summary>
/// <remarks>
/// Rows come into a temporary table by COPY and go from there into their own, where they replace what has the same key only if something differs: what is written again
/// leaves the row as it is. Of two rows with one key the later counts.
/// </remarks>
/// <param name="schema">The schema, as the user wrote it.</param>
internal sealed class PostgresTables(string schema)
{
    /// <summary>Temporary table for rows of <c>window_metrics</c>.</summary>
    public const string NewMetrics = "streaming_new_metrics";

    /// <summary>Temporary table for rows of <c>decisions</c>.</summary>
    public const string NewDecisions = "streaming_new_decisions";

    /// <summary>Has sinks of many shards, which start at once, make schema and tables one at a time; until the end of the transaction.</summary>
    public const string Lock = "SELECT pg_advisory_xact_lock(7165064744911531892)";

    private const string Version = "streaming, layout 1";
    private const string MetricKey = "source, partition, record_offset, stage, metric";
    private const string DecisionKey = "source, partition, topic, record_offset";

    private readonly string _schema = $"\"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The comments of the two tables, null for one that is missing or has none, and whether the schema is there: one row. Who may only write rows may ask this.</summary>
    public string Versions => $"""
        SELECT obj_description(to_regclass({Literal($"{_schema}.window_metrics")}), 'pg_class'), obj_description(to_regclass({Literal($"{_schema}.decisions")}), 'pg_class'),
            to_regnamespace({Literal(_schema)}) IS NOT NULL
        """;

    /// <summary>What the comments should be.</summary>
    public static string Expected => Version;

    /// <summary>Makes the schema; asked only where it is missing, for it takes a right that the owner of a schema need not have.</summary>
    public string CreateSchema => $"CREATE SCHEMA IF NOT EXISTS {_schema}";

    /// <summary>Makes the tables where they are missing.</summary>
    public string Create => $"""
        CREATE TABLE IF NOT EXISTS {_schema}.window_metrics (
            source text NOT NULL, partition integer NOT NULL, record_offset bigint NOT NULL, event_ordinal bigint NOT NULL, event_time timestamptz,
            stage text NOT NULL, metric text NOT NULL, value double precision,
            PRIMARY KEY ({MetricKey}));
        CREATE TABLE IF NOT EXISTS {_schema}.decisions (
            source text NOT NULL, partition integer NOT NULL, topic text NOT NULL, record_offset bigint NOT NULL, event_time timestamptz,
            user_id text, chosen text, propensity double precision, reward double precision, stages jsonb NOT NULL,
            PRIMARY KEY ({DecisionKey}));
        COMMENT ON TABLE {_schema}.window_metrics IS '{Version}';
        COMMENT ON TABLE {_schema}.decisions IS '{Version}';
        """;

    /// <summary>Makes the temporary tables of a connection, emptied by each commit.</summary>
    public static string CreateTemporary => $"""
        CREATE TEMPORARY TABLE {NewMetrics} (
            seq integer, source text, partition integer, record_offset bigint, event_ordinal bigint, event_time timestamptz, stage text, metric text, value double precision
        ) ON COMMIT DELETE ROWS;
        CREATE TEMPORARY TABLE {NewDecisions} (
            seq integer, source text, partition integer, topic text, record_offset bigint, event_time timestamptz,
            user_id text, chosen text, propensity double precision, reward double precision, stages jsonb
        ) ON COMMIT DELETE ROWS;
        """;

    /// <summary>Takes the new rows over into <c>window_metrics</c>.</summary>
    public string MergeMetrics => Merge("window_metrics", NewMetrics, MetricKey, "event_ordinal, event_time, value");

    /// <summary>Takes the new rows over into <c>decisions</c>.</summary>
    public string MergeDecisions => Merge("decisions", NewDecisions, DecisionKey, "event_time, user_id, chosen, propensity, reward, stages");

    /// <summary>Removes the decisions of the source ($1) about a user ($2).</summary>
    public string Forget => $"DELETE FROM {_schema}.decisions WHERE source = $1 AND user_id = $2";

    private string Merge(string table, string from, string key, string rest)
    {
        string theirs = string.Join(", ", rest.Split(", ").Select(column => $"excluded.{column}"));
        string ours = string.Join(", ", rest.Split(", ").Select(column => $"t.{column}"));
        return $"""
            INSERT INTO {_schema}.{table} AS t ({key}, {rest})
            SELECT DISTINCT ON ({key}) {key}, {rest} FROM {from} ORDER BY {key}, seq DESC
            ON CONFLICT ({key}) DO UPDATE SET ({rest}) = ROW({theirs})
            WHERE ({ours}) IS DISTINCT FROM ({theirs})
            """;
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
