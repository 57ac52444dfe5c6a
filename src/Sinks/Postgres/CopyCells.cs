using Npgsql;
using NpgsqlTypes;

namespace Streaming.Sinks.Postgres;

/// <summary>Cells of a COPY that may be null.</summary>
internal static class CopyCells
{
    /// <summary>Writes a time, as <see cref="PostgresTime"/> has it.</summary>
    public static Task WriteTimeAsync(this NpgsqlBinaryImporter copy, long? time, CancellationToken ct) =>
        time is { } some ? copy.WriteAsync(some, NpgsqlDbType.TimestampTz, ct) : copy.WriteNullAsync(ct);

    /// <summary>Writes a number; NaN as null.</summary>
    public static Task WriteNumberAsync(this NpgsqlBinaryImporter copy, double value, CancellationToken ct) =>
        double.IsNaN(value) ? copy.WriteNullAsync(ct) : copy.WriteAsync(value, NpgsqlDbType.Double, ct);

    /// <summary>Writes a text given as UTF-8; an empty one as null.</summary>
    public static Task WriteTextAsync(this NpgsqlBinaryImporter copy, ReadOnlyMemory<byte> utf8, NpgsqlDbType type, CancellationToken ct) =>
        utf8.IsEmpty ? copy.WriteNullAsync(ct) : copy.WriteAsync(utf8, type, ct);
}
