using Microsoft.Extensions.Logging;

namespace Streaming.Host.Observability;

/// <summary>How a line of the log looks.</summary>
internal enum LogFormat
{
    /// <summary>Text where the standard error is a terminal, else JSON.</summary>
    Auto,

    /// <summary>A line of text, with the time.</summary>
    Text,

    /// <summary>A JSON object a line: <c>Timestamp</c>, <c>EventId</c>, <c>LogLevel</c>, <c>Category</c>, <c>Message</c> and <c>State</c>, which has the values of the message by name.</summary>
    Json,
}

/// <summary>The least severe messages that are written.</summary>
internal enum LogSeverity
{
    /// <summary>Everything.</summary>
    Debug,

    /// <summary>What happens in the life of a worker.</summary>
    Information,

    /// <summary>What an operator should look at.</summary>
    Warning,

    /// <summary>What has failed.</summary>
    Error,
}

/// <summary>Options under <c>Log</c>: what a worker says on the standard error.</summary>
internal sealed class LogOptions
{
    /// <summary><c>auto</c> (default), <c>text</c> or <c>json</c>.</summary>
    public LogFormat Format { get; set; }

    /// <summary>Least severe messages that are written, <c>debug</c>, <c>information</c> (default), <c>warning</c> or <c>error</c>.</summary>
    public LogSeverity Level { get; set; } = LogSeverity.Information;

    /// <summary><see cref="Level"/> as the logging library names it.</summary>
    internal LogLevel MinimumLevel => Level switch
    {
        LogSeverity.Debug => LogLevel.Debug,
        LogSeverity.Warning => LogLevel.Warning,
        LogSeverity.Error => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
