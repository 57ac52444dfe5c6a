namespace Streaming.Sinks;

/// <summary>Options of a sink that writes a file of its own: two sinks, or a sink and a log, must not share one.</summary>
public interface IFileSinkOptions
{
    /// <summary>Path of the file.</summary>
    string? File { get; }
}
