using System.ComponentModel.DataAnnotations;
using System.Text;
using Npgsql;
using Streaming.Abstractions.Stages;

namespace Streaming.Sinks.Postgres;

/// <summary>Options of the <c>postgres</c> sink.</summary>
public sealed class PostgresSinkOptions : IValidatableOptions
{
    private const int LongestName = 63;

    /// <summary>
    /// Where the database is and who writes to it, without the password: <c>Host=db.example.org;Port=5432;Database=metrics;Username=streaming;SSL Mode=VerifyFull</c>;
    /// required, no default. What Npgsql knows is taken.
    /// </summary>
    [Required]
    public string Connection { get; set; } = "";

    /// <summary>
    /// The password; none by default, for servers that ask for none. Give it in the environment (<c>STREAMING__Sinks__ID__Password</c>), where neither a file nor a list of
    /// processes shows it. It is in no message.
    /// </summary>
    public string? Password { get; set; }

    /// <summary>The schema that has the tables, 1 to 63 bytes; default <c>streaming</c>. Made, like them, where it is missing.</summary>
    [Required]
    public string Schema { get; set; } = "streaming";

    /// <summary>Records between two reports that become rows of <c>window_metrics</c>, from 1; default 10,000. Fewer give a finer picture and more rows.</summary>
    [Range(1, long.MaxValue)]
    public long Every { get; set; } = 10_000;

    /// <summary>Whether each decision becomes a row of <c>decisions</c>; default true.</summary>
    public bool Decisions { get; set; } = true;

    /// <summary>
    /// How long a server that is away, or slow, is waited for before the run fails, in seconds, 1 to 1,000; default 30. Raise it to ride out longer outages; the run stands
    /// still meanwhile.
    /// </summary>
    [Range(1, 1000)]
    public int TimeoutSeconds { get; set; } = 30;

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (Mistake() is { } mistake) yield return (nameof(Connection), mistake);
        if (Encoding.UTF8.GetByteCount(Schema) > LongestName || Schema.Contains('\0'))
            yield return (nameof(Schema), $"found {Encoding.UTF8.GetByteCount(Schema)} bytes, allowed is 1 to {LongestName}, without NUL");
    }

    /// <summary>What is wrong with the connection string, which is not quoted: it may have a password, where it should have none.</summary>
    private string? Mistake()
    {
        try
        {
            NpgsqlConnectionStringBuilder builder = new(Connection);
            if (!string.IsNullOrEmpty(builder.Password)) return "has a password: give it as Password, in the environment";
            return string.IsNullOrEmpty(builder.Host) && Connection.Length > 0 ? "has no Host" : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            return "cannot be read: it has the form Host=...;Database=...;Username=..., with the names that Npgsql knows";
        }
    }
}
