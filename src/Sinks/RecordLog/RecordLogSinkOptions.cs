using System.ComponentModel.DataAnnotations;

namespace Streaming.Sinks.RecordLog;

/// <summary>Options of the <c>log</c> sink.</summary>
public sealed class RecordLogSinkOptions : IFileSinkOptions
{
    /// <summary>
    /// The file to write, a record a line; required, no default. <c>{shard}</c> stands for the number of the shard. Its folder must exist; a run that is not
    /// resumed empties the file. The source's records must be JSON objects (<c>jsonl</c>, <c>dsjson</c>, <c>cloudevents</c>).
    /// </summary>
    [Required]
    public string File { get; set; } = "";
}
