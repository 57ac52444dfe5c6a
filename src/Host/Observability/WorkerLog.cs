using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Streaming.Host.Observability;

/// <summary>
/// What a worker says of its life, on the standard error. Every message has a number that never changes its meaning (docs/operations.md lists them), and its values by name.
/// </summary>
/// <remarks>
/// Called where something changes, never for an event or a batch. Safe from any thread; lines are written by a thread of their own, and those that are left when the log is
/// disposed of before that returns. No message takes a value of the configuration, an id of a user or an item, or a record.
/// </remarks>
internal sealed partial class WorkerLog : IDisposable
{
    private const string Category = "streaming";

    private readonly ILoggerFactory _factory;
    private readonly ILogger _logger;

    private WorkerLog(ILoggerFactory factory) => (_factory, _logger) = (factory, factory.CreateLogger(Category));

    /// <summary>A log to the standard error.</summary>
    /// <param name="options">Valid.</param>
    /// <param name="isTerminal">Whether the standard error is a terminal.</param>
    public static WorkerLog ToStandardError(LogOptions options, bool isTerminal)
    {
        bool json = options.Format == LogFormat.Json || (options.Format == LogFormat.Auto && !isTerminal);
        return To(LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(options.MinimumLevel);
            builder.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            if (json)
            {
                builder.AddJsonConsole(format =>
                {
                    (format.UseUtcTimestamp, format.TimestampFormat) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
                    format.JsonWriterOptions = new JsonWriterOptions { Indented = false };
                });
            }
            else
            {
                builder.AddSimpleConsole(format =>
                {
                    (format.UseUtcTimestamp, format.TimestampFormat) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ");
                    (format.SingleLine, format.ColorBehavior) = (true, LoggerColorBehavior.Disabled);
                });
            }
        }));
    }

    /// <summary>A log to whatever the factory writes to, which it owns from now on.</summary>
    internal static WorkerLog To(ILoggerFactory factory) => new(factory);

    /// <summary>Something for people that is no event of its own: what a part says, a line.</summary>
    [LoggerMessage(1, LogLevel.Information, "{Line}")]
    public partial void Said(string line);

    /// <summary>The same, where people should look at it.</summary>
    [LoggerMessage(2, LogLevel.Warning, "{Line}")]
    public partial void Warned(string line);

    /// <summary>The configuration was read, the parts are built, and the source is open.</summary>
    [LoggerMessage(100, LogLevel.Information, "started: version {Version}, source {Source}, {Stages} stages, {Sinks} sinks")]
    public partial void Started(string version, string source, int stages, int sinks);

    /// <summary>The server listens.</summary>
    [LoggerMessage(101, LogLevel.Information, "serving on {Address}")]
    public partial void Serving(Uri address);

    /// <summary>It is about to end in good order.</summary>
    [LoggerMessage(102, LogLevel.Information, "stopping: {Reason}")]
    public partial void Stopping(string reason);

    /// <summary>It has ended.</summary>
    [LoggerMessage(103, LogLevel.Information, "stopped: exit code {ExitCode}, {Events} events in all")]
    public partial void Stopped(int exitCode, long events);

    /// <summary>Something failed, and everything ends.</summary>
    [LoggerMessage(104, LogLevel.Critical, "fault in {Part}: {Error}")]
    public partial void Fault(string part, string error);

    /// <summary>A partition is this process's.</summary>
    [LoggerMessage(200, LogLevel.Information, "shard {Shard} assigned")]
    public partial void Assigned(int shard);

    /// <summary>A partition was given back in good order.</summary>
    [LoggerMessage(201, LogLevel.Information, "shard {Shard} revoked at record {Records}")]
    public partial void Revoked(int shard, long records);

    /// <summary>The group took a partition from this process before it could give it back.</summary>
    [LoggerMessage(202, LogLevel.Warning, "shard {Shard} lost: the group no longer counts this process as its owner. What it did since its last snapshot is done again by whoever has it next, this process or another")]
    public partial void Lost(int shard);

    /// <summary>The state of a shard is there.</summary>
    [LoggerMessage(203, LogLevel.Information, "shard {Shard} restored from snapshot {Epoch}, at event {Events}, in {Seconds:0.000} s")]
    public partial void Restored(int shard, long epoch, long events, double seconds);

    /// <summary>There was no state, and the shard begins anew.</summary>
    [LoggerMessage(204, LogLevel.Warning, "shard {Shard} starts over: there is no snapshot in {Folder}")]
    public partial void StartedOver(int shard, string folder);

    /// <summary>A snapshot is on the disk.</summary>
    [LoggerMessage(300, LogLevel.Information, "shard {Shard}: snapshot {Epoch} at event {Events} written in {Seconds:0.000} s")]
    public partial void SnapshotWritten(int shard, long epoch, long events, double seconds);

    /// <summary>An operator has stopped the intake.</summary>
    [LoggerMessage(400, LogLevel.Information, "paused on request")]
    public partial void Paused();

    /// <summary>It goes on.</summary>
    [LoggerMessage(401, LogLevel.Information, "resumed on request")]
    public partial void Resumed();

    /// <summary>A stage began anew because it was asked to.</summary>
    [LoggerMessage(600, LogLevel.Warning, "stage {Stage} reset on request")]
    public partial void StageReset(string stage);

    /// <inheritdoc/>
    public void Dispose() => _factory.Dispose();
}
