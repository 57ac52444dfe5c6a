using System.ComponentModel.DataAnnotations;

namespace Streaming.Sinks.Jsonl;

/// <summary>Options of the <c>events</c> sink.</summary>
public sealed class EventsSinkOptions : IFileSinkOptions
{
    /// <summary>
    /// The file to write, one JSON object a line; required, no default. <c>{shard}</c> stands for the number of the shard. Its folder must exist; a run that is
    /// not resumed empties the file.
    /// </summary>
    [Required]
    public string File { get; set; } = "";
}
